namespace AccuracyMonitor.Storage.Inputs;

/// <summary>What became of an input that was attached to a prediction.</summary>
public enum AttachOutcome
{
    Attached,

    /// <summary>The same content was attached before.</summary>
    Unchanged,

    /// <summary>It took the place of an earlier input.</summary>
    Replaced,

    /// <summary>No label was requested for the prediction, or the request is pruned.</summary>
    NotRequested,

    /// <summary>The prediction has a label, and so needs no input.</summary>
    Answered,

    /// <summary>It is larger than one input may be. Never from the store, which has no such bound.</summary>
    TooLarge,

    /// <summary>The bound on all inputs together is reached.</summary>
    Full,

    /// <summary>Several callers have reported a prediction with this id; nothing was kept.</summary>
    Ambiguous,
}
