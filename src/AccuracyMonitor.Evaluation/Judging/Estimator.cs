using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Evaluation.LabelFree;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>One row of <see cref="EstimatorTable"/>. Exactly one of <see cref="Fit"/>, <see cref="Judge"/> and <see cref="Bound"/> is set.</summary>
/// <param name="Name">The identifier in <c>--methods</c>, in tables and in JSON.</param>
/// <param name="Help">One line for <c>evaluate --help</c>.</param>
/// <param name="Labels">The labels that it needs.</param>
internal sealed record Estimator(string Name, string Help, LabelUse Labels)
{
    /// <summary>Fits an estimator to the file's labelled reference set. It then judges every window of the file, from softmax outputs alone.</summary>
    public Func<LabelledReference, ILabelFreeEstimator>? Fit { get; init; }

    /// <summary>Estimates one window; null where this window has no answer.</summary>
    public Func<JudgedWindow, Outcome?>? Judge { get; init; }

    /// <summary>The mean square error that no method can go below. Asked for once a condition.</summary>
    public Func<JudgedWindow, double>? Bound { get; init; }

    /// <summary>Place among the plots of estimates over the truth, from 1; null: in the tables only.</summary>
    public int? PlotPlace { get; init; }
}
