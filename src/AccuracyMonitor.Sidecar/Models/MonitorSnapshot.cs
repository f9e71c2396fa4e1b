using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// The monitor of one model version at one moment: the graph, the head after it, and what is known of it. Immutable; replaced whole by one
/// reference swap, so a batch never sees a torn mix of two.
/// </summary>
/// <param name="Scorer">Runs the graph, for whoever has a lease. Monitors that differ in their head only share it.</param>
/// <param name="Head">Recalibration head applied after the graph; null: none.</param>
/// <param name="Version">Graph and head together, as recorded with every decision.</param>
/// <param name="GraphVersion">The graph alone: heads of one graph can be compared on stored logits.</param>
/// <param name="Graph">The ONNX file; empty for a monitor that needs none.</param>
/// <param name="Proven">False for the cold start: scores that no labelled data has confirmed.</param>
/// <param name="TrainedThrough">Sequence of the last label it has learned from; later labels are held out.</param>
internal sealed record MonitorSnapshot(
    SharedScorer Scorer, RecalibrationHead? Head, string Version, string GraphVersion, byte[] Graph, bool Proven, long TrainedThrough)
{
    /// <summary>Standard error of the mean score that more predictions cannot average away: what the head's labels, or the graph's reference set,
    /// leave unknown. [0, 0.5].</summary>
    public double MeanScoreStandardError => Math.Clamp(Head is null ? Scorer.Metadata?.CalibrationStandardError ?? 0 : HeadStandardError, 0, 0.5);

    /// <summary>Of a mean score after <see cref="Head"/>, for what its labels do not tell.</summary>
    public double HeadStandardError { get; init; }

    /// <summary>Whether this number of a row's largest probabilities contains all that the graph and the head read of it.</summary>
    public bool ReadsOnly(int largest) => Head is not { ClassCount: > 0 } && Scorer.Largest <= largest;

    /// <summary>Logit of the published score.</summary>
    /// <param name="monitorLogit">The graph's.</param>
    /// <param name="probabilities">K of them, or the largest where <see cref="ReadsOnly"/> allows.</param>
    /// <param name="predictedClass">argmax.</param>
    public double Logit(double monitorLogit, ReadOnlySpan<float> probabilities, int predictedClass) =>
        Head is null ? monitorLogit : Head.Logit(monitorLogit, probabilities, predictedClass);
}
