namespace AccuracyMonitor.Core.Estimation;

/// <summary>What came true of the predictions of a stretch of time.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">After <paramref name="Start"/>.</param>
public sealed record RealizedStretch(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>Predictions of the stretch.</summary>
    public required long Predictions { get; init; }

    /// <summary>Those of them whose truth is known.</summary>
    public required long Known { get; init; }

    /// <summary>Those of them that were right.</summary>
    public required long Correct { get; init; }

    /// <summary>Sum of the correctness scores of all predictions.</summary>
    public required double Score { get; init; }

    /// <summary>
    /// Share of the right ones among those whose truth is known. The bounds need no assumption: the truths that are missing are all wrong, or all right.
    /// </summary>
    public Interval Accuracy => new(
        (double)Correct / Known, (double)Correct / Predictions, (double)(Correct + Predictions - Known) / Predictions);

    /// <param name="share">Share of the predictions whose truth must be known, (0,1].</param>
    public bool IsComplete(double share) => Known > 0 && Known >= share * Predictions;
}
