using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Core.Estimation;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hub.Estimation;

/// <summary>Windows and intervals of the fleet's estimates.</summary>
internal sealed class EstimationOptions
{
    public const string Section = "Estimation";

    private static readonly TimeSpan[] DefaultWindows = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24)];

    /// <summary>Windows that are estimated, at most 8; the sidecars must have them too. Default 5 minutes, 1 hour, 24 hours, as theirs.</summary>
    [MaxLength(8)]
    public TimeSpan[] Windows { get; set; } = [];

    /// <summary>How often estimates are made, 1 s–10 minutes. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Error level of the intervals, 0.0001–0.5. Default 0.05: 95 % intervals.</summary>
    [Range(0.0001, 0.5)]
    public double Alpha { get; set; } = 0.05;

    /// <summary>Fewer predictions in a window give the state insufficient_samples. Default 50.</summary>
    [Range(1, 1_000_000_000)]
    public int MinSamples { get; set; } = 50;

    /// <summary>Fewer labels in a window give the state insufficient_labels. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int MinLabels { get; set; } = 10;

    /// <summary>Labels below which a segment or a predicted class has no estimate from labels. Default 30.</summary>
    [Range(1, 1_000_000)]
    public int LabelFloor { get; set; } = 30;

    /// <summary>A source that has not reported for this long counts as gone, 10 s–1 day. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan SourceTimeout { get; set; } = TimeSpan.FromMinutes(2);

    public TimeSpan[] EffectiveWindows => Windows.Length == 0 ? DefaultWindows : Windows;

    public EstimatorOptions ToCore(bool subgroup) =>
        new() { Alpha = Alpha, MinSamples = MinSamples, MinLabels = subgroup ? Math.Max(MinLabels, LabelFloor) : MinLabels };
}

[OptionsValidator]
internal sealed partial class EstimationOptionsValidator : IValidateOptions<EstimationOptions>;

internal sealed class WindowsValidator : IValidateOptions<EstimationOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    public ValidateOptionsResult Validate(string? name, EstimationOptions options)
    {
        List<string> failures =
        [
            .. options.Windows.Where(static w => w < TimeSpan.FromSeconds(1) || w > Longest)
                .Select(static w => $"Estimation:Windows has {w}; it must be from 1 s to 31 days."),
        ];
        if (options.Windows.Distinct().Count() != options.Windows.Length)
        {
            failures.Add("Estimation:Windows has a length twice; give each once.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
