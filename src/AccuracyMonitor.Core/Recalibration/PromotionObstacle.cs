namespace AccuracyMonitor.Core.Recalibration;

/// <summary>Why a challenger is not promoted. The sentence of a verdict has numbers in it, which differ each time; this does not.</summary>
public enum PromotionObstacle
{
    /// <summary>It is promoted, or the reason has no kind of its own.</summary>
    None,

    /// <summary>Too few labels to judge it.</summary>
    Labels,

    /// <summary>Its log-loss is not lower by as much as is required.</summary>
    Improvement,

    /// <summary>The e-value is below the one that is required.</summary>
    Evidence,
}
