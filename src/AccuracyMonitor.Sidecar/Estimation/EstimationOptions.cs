using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Windows and intervals.</summary>
internal sealed class EstimationOptions
{
    public const string Section = "Estimation";

    private static readonly TimeSpan[] DefaultWindows = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24)];

    /// <summary>Lengths of the sliding windows, shortest first, 1 s–31 days, at most 8. Default 5 minutes, 1 hour, 24 hours.</summary>
    [MaxLength(8)]
    public TimeSpan[] Windows { get; set; } = [];

    /// <summary>Buckets a window is made of, 6–600. Default 60.</summary>
    [Range(6, 600)]
    public int BucketsPerWindow { get; set; } = 60;

    /// <summary>How often estimates are made. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Error level of the intervals, 0.0001–0.5. Default 0.05: 95 % intervals.</summary>
    [Range(0.0001, 0.5)]
    public double Alpha { get; set; } = 0.05;

    /// <summary>Fewer predictions in a window give the state insufficient_samples. Default 50.</summary>
    [Range(1, 1_000_000_000)]
    public int MinSamples { get; set; } = 50;

    /// <summary>Fewer labels in a window give the state insufficient_labels. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int MinLabels { get; set; } = 10;

    /// <summary>
    /// Labels below which a segment or a predicted class has no estimate from labels, and a class none at all; also what a window needs to be
    /// quoted by an alarm. 1–1,000,000. Default 30.
    /// </summary>
    [Range(1, 1_000_000)]
    public int LabelFloor { get; set; } = 30;

    /// <summary>Most predicted classes of one model version with windows of their own; further ones are counted together as "other". 0: none at all. 0–10,000.
    /// Default 100.</summary>
    [Range(0, 10_000)]
    public int MaxPredictedClasses { get; set; } = 100;

    /// <summary>Buckets a predicted class's window is made of, at most <see cref="BucketsPerWindow"/>: fewer, as there are many classes. 2–600. Default
    /// 12.</summary>
    [Range(2, 600)]
    public int BucketsPerClassWindow { get; set; } = 12;

    /// <summary>
    /// Predictions of a window that are kept whole, so that it can be scored again by what its own labels have taught; with many classes fewer, so
    /// that one window holds at most 4 MiB. 100–20,000. Default 2,000.
    /// </summary>
    [Range(100, 20_000)]
    public int RowsPerWindow { get; set; } = 2000;

    /// <summary>The version that the other versions of a model are compared with, as <c>model:version</c>. Default for a model without one: the version with
    /// most predictions in the window.</summary>
    public string[] Baselines { get; set; } = [];

    public TimeSpan[] EffectiveWindows => Windows.Length == 0 ? DefaultWindows : Windows;

    public WindowPlan ToPlan() => new()
    {
        Lengths = EffectiveWindows,
        Buckets = BucketsPerWindow,
        ClassBuckets = BucketsPerClassWindow,
        Classes = MaxPredictedClasses,
        Rows = RowsPerWindow,
    };

    public EstimatorOptions ToCore() => new() { Alpha = Alpha, MinSamples = MinSamples, MinLabels = MinLabels };

    /// <summary>For a segment or a predicted class.</summary>
    public EstimatorOptions ToSubgroup() => ToCore() with { MinLabels = Math.Max(MinLabels, LabelFloor) };

    /// <summary>The configured baseline of a model; null: none.</summary>
    public string? BaselineOf(string model)
    {
        foreach (var entry in Baselines)
        {
            var at = entry.LastIndexOf(':');
            if (at > 0 && string.Equals(entry[..at], model, StringComparison.Ordinal))
            {
                return entry[(at + 1)..];
            }
        }

        return null;
    }
}

[OptionsValidator]
internal sealed partial class EstimationOptionsValidator : IValidateOptions<EstimationOptions>;

/// <summary>What an attribute can't say: every window in range, in order, and each once.</summary>
internal sealed class WindowsValidator : IValidateOptions<EstimationOptions>
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    public ValidateOptionsResult Validate(string? name, EstimationOptions options)
    {
        List<string> failures = [];
        for (var i = 0; i < options.Windows.Length; i++)
        {
            var window = options.Windows[i];
            if (window < Shortest || window > Longest)
            {
                failures.Add($"Estimation:Windows:{i} is {window}; it must lie between {Shortest} and {Longest}.");
            }

            if (i > 0 && window <= options.Windows[i - 1])
            {
                failures.Add($"Estimation:Windows:{i} is {window}; it must be longer than the one before it, {options.Windows[i - 1]}.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}

/// <summary>Every baseline a model and a version, each model once.</summary>
internal sealed class BaselinesValidator : IValidateOptions<EstimationOptions>
{
    public ValidateOptionsResult Validate(string? name, EstimationOptions options)
    {
        List<string> failures = [];
        HashSet<string> models = new(StringComparer.Ordinal);
        for (var i = 0; i < options.Baselines.Length; i++)
        {
            var entry = options.Baselines[i];
            var at = entry.LastIndexOf(':');
            if (at <= 0 || at == entry.Length - 1)
            {
                failures.Add($"Estimation:Baselines:{i} is '{entry}'; it must be model:version.");
            }
            else if (!models.Add(entry[..at]))
            {
                failures.Add($"Estimation:Baselines:{i} is '{entry}'; model '{entry[..at]}' has one already.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
