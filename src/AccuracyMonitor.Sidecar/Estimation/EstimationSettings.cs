using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Core.Estimation;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Windows and intervals.</summary>
internal sealed class EstimationSettings
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

    public TimeSpan[] EffectiveWindows => Windows.Length == 0 ? DefaultWindows : Windows;

    public EstimationOptions ToCore() => new() { Alpha = Alpha, MinSamples = MinSamples, MinLabels = MinLabels };
}

[OptionsValidator]
internal sealed partial class EstimationSettingsValidator : IValidateOptions<EstimationSettings>;

/// <summary>What an attribute can't say: every window in range, in order, and each once.</summary>
internal sealed class WindowsValidator : IValidateOptions<EstimationSettings>
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    public ValidateOptionsResult Validate(string? name, EstimationSettings options)
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
