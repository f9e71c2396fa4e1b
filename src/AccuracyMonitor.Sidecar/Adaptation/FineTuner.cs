using System.Runtime.CompilerServices;
using AccuracyMonitor.Core.Transfer;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.BitCentering;
using AccuracyMonitor.Training.Quantized;
using AccuracyMonitor.Training.Ternary;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>
/// How a champion's own weights are adapted. A ternary monitor is repaired by coordinate passes, so it stays ternary; any other is fine-tuned, by TorchSharp or
/// in few bits, or has its last layer adapted by HALP. All but TorchSharp need no libtorch, so <c>Training:Mode=Off</c> does not stop them.
/// </summary>
internal sealed class FineTuner(IOptions<AdaptationOptions> settings, IOptions<TrainingModeOptions> training, TimeProvider time)
{
    private static readonly TernaryRepairOptions Repair = new();
    private static readonly HeadAdaptationOptions Adaptation = new();

    private readonly ConditionalWeakTable<byte[], StrongBox<(MonitorMetadata Shape, TernaryWeights Weights)?>> _ternary = [];

    /// <summary>Why the champion's weights can't be adapted here; null: they can.</summary>
    public string? Obstacle(MonitorSnapshot champion) =>
        Ternary(champion) is not null || Halp ? null : TorchObstacle;

    private bool Halp => settings.Value.NetworkMethod == NetworkMethod.Halp || (settings.Value.NetworkMethod == NetworkMethod.Auto && TorchObstacle is not null);

    private string? TorchObstacle =>
        settings.Value.GradientQuantizer != GradientQuantizer.None ? null
        : training.Value.Mode != TrainingMode.InProcess ? "Training:Mode is Off."
        : TorchRuntime.IsAvailable(out var reason) ? null
        : reason;

    /// <returns>Logit of each label by a monitor that was adapted without the labels of its fold; and what adapts it to all of them.</returns>
    public (double[] Logits, Func<byte[]> Tune) Prepare(MonitorSnapshot champion, IReadOnlyList<TransferSample> labels, CancellationToken cancel)
    {
        if (Ternary(champion) is { } ternary)
        {
            var logits = TernaryRepair.CrossFitLogits(ternary.Shape, ternary.Weights, labels, Repair, cancel);
            return (logits, () => Repaired(ternary.Shape, ternary.Weights, labels, cancel));
        }

        if (Halp)
        {
            return (
                HeadAdaptation.CrossFitLogits(champion.Graph, labels, Adaptation, cancellationToken: cancel),
                () => HeadAdaptation.Run(champion.Graph, labels, Adaptation, cancel).Onnx);
        }

        var options = LearningRateChoice.Options(settings.Value, champion.Graph, labels, time, cancel);
        return (
            MonitorTrainer.CrossFitLogits(champion.Graph, labels, options, cancellationToken: cancel),
            () => MonitorTrainer.FineTune(champion.Graph, labels, options, cancellationToken: cancel).Onnx);
    }

    private static byte[] Repaired(MonitorMetadata shape, TernaryWeights weights, IReadOnlyList<TransferSample> labels, CancellationToken cancel)
    {
        var repaired = TernaryRepair.Run(shape, weights, labels, Repair, cancel);
        return MonitorFile.Write(repaired.Shape, repaired.Weights.ToDense()).Onnx;
    }

    // Read once for each graph: it is asked at every label.
    private (MonitorMetadata Shape, TernaryWeights Weights)? Ternary(MonitorSnapshot champion) => _ternary.GetValue(champion.Graph, graph =>
    {
        if (graph.Length == 0)
        {
            return new(null);
        }

        var (shape, weights) = MonitorFile.Read(graph);
        return new(TernaryWeights.OfDense(weights) is { } ternary ? (shape, ternary) : null);
    }).Value;
}
