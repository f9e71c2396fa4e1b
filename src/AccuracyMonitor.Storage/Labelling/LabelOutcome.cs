namespace AccuracyMonitor.Storage.Labelling;

/// <summary>What became of one item of a batch. The numbers are those of the wire's <c>OutcomeCode</c>.</summary>
public enum LabelOutcome
{
    Ok = 1,

    /// <summary>The same was said before; nothing changed.</summary>
    Unchanged = 2,

    /// <summary>An earlier, different label was replaced.</summary>
    Replaced = 3,

    NotFound = 4,

    /// <summary>The lease has run out, was given back, or the request is now somebody else's.</summary>
    LeaseLost = 5,

    LabelOutOfRange = 6,

    /// <summary>The request is answered, so its lease can't be extended, released or skipped.</summary>
    AlreadyAnswered = 7,

    Invalid = 8,

    /// <summary>Nobody asked for the label: it is kept, and enters no estimate.</summary>
    KeptApart = 9,
}
