namespace AccuracyMonitor.Core.Estimation;

/// <summary>All that is known about one window of one series.</summary>
public sealed record WindowEstimate
{
    /// <summary>Predictions made in the window.</summary>
    public required long Predictions { get; init; }

    /// <summary>Labels received for these predictions.</summary>
    public required long Labels { get; init; }

    /// <summary>Label requests made for these predictions.</summary>
    public required long Requested { get; init; }

    /// <summary>Requests that ended without a label.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Requests still open.</summary>
    public long Pending => Math.Max(0, Requested - Labels - Unanswered);

    /// <summary>The deployed model's own mean confidence (max softmax), [0,1]; NaN without predictions.</summary>
    public required double MeanConfidence { get; init; }

    public required AccuracyEstimate LabelFree { get; init; }

    public required AccuracyEstimate Labelled { get; init; }

    public required AccuracyEstimate Audited { get; init; }

    /// <summary>λ: how much of the monitor's score the audited estimate uses, [0,1]; 0 without an audited estimate.</summary>
    public required double Lambda { get; init; }

    /// <summary>
    /// The combined estimate: the monitor's mean score after fitting to this window's labels and, while they agree, to earlier ones. Null
    /// if it was not computed. For its assumptions see <see cref="RecalibratedAccuracy"/>.
    /// </summary>
    public AccuracyEstimate? Combined { get; init; }

    /// <summary>The labelled and audited estimates cover the predictions before this time; most labels of later ones are still open. Null:
    /// they cover the whole window.</summary>
    public DateTimeOffset? AnsweredUntil { get; init; }
}
