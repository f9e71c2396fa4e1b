using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Truth;

/// <summary>Truth that comes later for every prediction: charge-backs, returns, diagnoses.</summary>
internal sealed class TruthOptions
{
    public const string Section = "Truth";

    /// <summary>
    /// Remember every prediction until its truth comes: a hash of its id, its time, predicted class and score, about 50 bytes each in the database. Default
    /// false.
    /// </summary>
    public bool Remember { get; set; }

    /// <summary>Predictions of a model version that are remembered; the oldest go first. Default 1,000,000.</summary>
    [Range(1000, 100_000_000)]
    public int MaxPredictions { get; set; } = 1_000_000;

    /// <summary>How long a prediction is remembered. Default 45 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1000.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(45);

    /// <summary>Length of the stretches of prediction time whose realized accuracy is published. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "31.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Share of a stretch's predictions whose truth must be known before its accuracy counts as realized, 0.5–1. Default 0.99.</summary>
    [Range(0.5, 1)]
    public double CompleteShare { get; set; } = 0.99;

    /// <summary>How often stretches are judged. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan JudgeInterval { get; set; } = TimeSpan.FromMinutes(1);
}

[OptionsValidator]
internal sealed partial class TruthOptionsValidator : IValidateOptions<TruthOptions>;
