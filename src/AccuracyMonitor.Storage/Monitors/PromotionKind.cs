namespace AccuracyMonitor.Storage.Monitors;

/// <summary>What led to a decision. The numbers are stored: only add to them. The first two are those of the wire's <c>AdaptationKind</c>.</summary>
public enum PromotionKind
{
    /// <summary>A recalibrated head.</summary>
    Recalibration = 1,

    /// <summary>A fine-tuned network.</summary>
    FineTuning = 2,

    /// <summary>Somebody activated it.</summary>
    Manual = 3,

    /// <summary>Somebody returned to it.</summary>
    RollBack = 4,
}
