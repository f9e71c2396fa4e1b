using System.Runtime.CompilerServices;
using AccuracyMonitor.Core.Recalibration;
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

/// <summary>Trains the champion's graph on labels and returns a monitor file. In use it is <see cref="FineTuner.Tune"/>.</summary>
internal delegate byte[] FineTune(MonitorSnapshot champion, IReadOnlyList<LabelledPrediction> labels, CancellationToken cancel);

/// <summary>
/// Fine-tunes a champion's weights. A ternary monitor is changed by coordinate passes, so it stays ternary. Of any other either all weights are trained, by
/// TorchSharp or in few bits, or the last layer alone, by HALP. Only TorchSharp needs libtorch, so <c>Training:Mode=Off</c> stops only that.
/// </summary>
internal sealed class FineTuner(IOptions<AdaptationOptions> options, IOptions<TrainingModeOptions> training, TimeProvider time)
{
    private static readonly TernaryFineTuneOptions TernaryOptions = new();
    private static readonly LastLayerRecalibrationOptions LastLayerOptions = new();

    private readonly ConditionalWeakTable<byte[], StrongBox<(MonitorMetadata Shape, TernaryWeights Weights)?>> _ternary = [];

    /// <summary>Why the champion's weights can't be fine-tuned here; null: they can.</summary>
    public string? Obstacle(MonitorSnapshot champion) =>
        Ternary(champion) is not null ? null : NetworkObstacle;

    /// <summary>Why no network can be fine-tuned here, unless it is ternary; null: it can.</summary>
    public string? NetworkObstacle => Halp ? null : TorchObstacle;

    /// <summary>Whether <c>Training:Mode</c> is Off.</summary>
    public bool IsOff => training.Value.Mode == TrainingMode.Off;

    /// <summary>Why networks are fine-tuned in their last layer only, where that was not chosen; null: it was, or all weights are trained.</summary>
    public string? FallsBack => options.Value.FineTuneMethod == FineTuneMethod.Auto ? TorchObstacle : null;

    private bool Halp =>
        options.Value.FineTuneMethod == FineTuneMethod.Halp || (options.Value.FineTuneMethod == FineTuneMethod.Auto && TorchObstacle is not null);

    private string? TorchObstacle =>
        options.Value.GradientQuantizer != GradientQuantizer.None ? null
        : IsOff ? "Training:Mode is Off."
        : TorchRuntime.IsAvailable(out var reason) ? null
        : reason;

    /// <summary>Fine-tunes the champion's graph. Whatever has to be chosen is chosen by cross-fitting on these labels.</summary>
    /// <returns>A monitor file.</returns>
    public byte[] Tune(MonitorSnapshot champion, IReadOnlyList<LabelledPrediction> labels, CancellationToken cancel)
    {
        if (Ternary(champion) is { } ternary)
        {
            return FineTuned(ternary.Shape, ternary.Weights, labels, cancel);
        }

        if (Halp)
        {
            return LastLayerRecalibration.Run(champion.Graph, labels, LastLayerOptions, cancel).Onnx;
        }

        var tuning = LearningRateChoice.Options(options.Value, champion.Graph, labels, time, cancel);
        return MonitorTrainer.FineTune(champion.Graph, labels, tuning, cancellationToken: cancel).Onnx;
    }

    private static byte[] FineTuned(MonitorMetadata shape, TernaryWeights weights, IReadOnlyList<LabelledPrediction> labels, CancellationToken cancel)
    {
        var fineTuned = TernaryFineTuning.Run(shape, weights, labels, TernaryOptions, cancel);
        return MonitorFile.Write(fineTuned.Shape, fineTuned.Weights.ToDense()).Onnx;
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
