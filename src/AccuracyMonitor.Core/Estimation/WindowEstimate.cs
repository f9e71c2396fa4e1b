namespace AccuracyMonitor.Core.Estimation;

/// <summary>What is known about one window of one series.</summary>
public sealed record WindowEstimate
{
    /// <summary>Predictions made in the window.</summary>
    public required long Predictions { get; init; }

    /// <summary>Labels that have come for them.</summary>
    public required long Labels { get; init; }

    /// <summary>Label requests made for them.</summary>
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
    /// What borrows strength: the monitor's mean after it has learned from this window's labels and, while they agree, from earlier ones. Null:
    /// not made. Promise: <see cref="TransferredAccuracy"/>.
    /// </summary>
    public AccuracyEstimate? Combined { get; init; }

    /// <summary>The labelled and audited estimates speak for the predictions before this time: the labels of later ones are mostly still out. Null:
    /// for all of the window.</summary>
    public DateTimeOffset? AnsweredUntil { get; init; }
}
