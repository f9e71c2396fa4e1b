namespace AccuracyMonitor.Core.Estimation;

/// <summary>The three answers, never mixed up. The numbers go over the wire: they may only be added to.</summary>
public enum EstimateKind
{
    /// <summary>Mean correctness score: no label of this window.</summary>
    LabelFree = 1,

    /// <summary>Labels only.</summary>
    Labelled = 2,

    /// <summary>Both: inverse-probability weighted labels, with the scores of all predictions as control variate.</summary>
    Audited = 3,

    /// <summary>Mean correctness score of a monitor that has learned from the labels of this window and of earlier ones: narrow, and right while
    /// P(right | softmax) is the same for all that it speaks of.</summary>
    Combined = 4,
}
