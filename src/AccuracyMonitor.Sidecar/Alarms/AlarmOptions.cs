using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>The accuracy alarm and the validity alarm.</summary>
internal sealed class AlarmOptions
{
    public const string Section = "Alarms";

    /// <summary>Accuracy promised, 0.01–0.9999; unset: no accuracy alarm.</summary>
    [Range(0.01, 0.9999)]
    public double? Objective { get; set; }

    /// <summary>Accuracy may fall below the objective by this much without alarm, 0–0.5. Default 0.</summary>
    [Range(0, 0.5)]
    public double ObjectiveTolerance { get; set; }

    /// <summary>Labels that pass on average before a false accuracy alarm, 100–1e9. Default 10,000.</summary>
    [Range(100, 1e9)]
    public double AverageRunLength { get; set; } = 10_000;

    /// <summary>Scores may be too high by this much before the validity alarm counts it as evidence, as a share of the score, 0–0.3. Default 0.005, what is
    /// evaluated.</summary>
    [Range(0, 0.3)]
    public double ValidityTolerance { get; set; } = 0.005;

    /// <summary>Probability that the validity alarm ever fires on a monitor that fits, 1e-6–0.5. Default 0.05.</summary>
    [Range(1e-6, 0.5)]
    public double ValidityAlpha { get; set; } = 0.05;

    /// <summary>
    /// Accuracy promised of single segments, as <c>name=0.9</c>; <c>*=0.9</c> for every segment that is not named. Default none: segments raise no
    /// alarm. They do not inherit Objective: a segment is often harder than the whole, and would then fire for good.
    /// </summary>
    public string[] SegmentObjectives { get; set; } = [];

    /// <summary>The same of predicted classes, as <c>3=0.9</c>, <c>other=0.9</c> or <c>*=0.9</c>. Default none.</summary>
    public string[] ClassObjectives { get; set; } = [];

    /// <summary>Of the segments and classes of a model version that fire, the share that may be wrong (e-BH), 0.0001–0.5. Default 0.05.</summary>
    [Range(0.0001, 0.5)]
    public double SubgroupLevel { get; set; } = 0.05;
}

[OptionsValidator]
internal sealed partial class AlarmOptionsValidator : IValidateOptions<AlarmOptions>;
