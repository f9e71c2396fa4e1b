namespace AccuracyMonitor.Core.Estimation;

/// <summary>Kind of an estimate. The numbers are part of the wire format: add new ones, never change one.</summary>
public enum EstimateKind
{
    /// <summary>Mean correctness score; uses no label of the window.</summary>
    LabelFree = 1,

    /// <summary>Uses labels only.</summary>
    Labelled = 2,

    /// <summary>Inverse-probability weighted labels, with the scores of all predictions as control variate.</summary>
    Audited = 3,

    /// <summary>Mean correctness score of a monitor fitted to the labels of this window and of earlier ones. Narrow; correct while
    /// P(correct | softmax) is the same in all of them.</summary>
    Combined = 4,
}
