namespace AccuracyMonitor.Storage.Monitors;

/// <summary>What led to a decision. The numbers are persisted: they may only be added to. The first two are those of the wire's <c>TransferKind</c>.</summary>
public enum PromotionKind
{
    /// <summary>A recalibrated head.</summary>
    Head = 1,

    /// <summary>A fine-tuned network.</summary>
    Network = 2,

    /// <summary>Somebody activated it.</summary>
    Manual = 3,

    /// <summary>Somebody returned to it.</summary>
    RollBack = 4,
}
