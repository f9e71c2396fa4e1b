using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Training;

/// <summary>Trains monitor networks with TorchSharp. Tensors stay inside; the same arguments give the same bytes.</summary>
public static class MonitorTrainer
{
    /// <summary>Minimum size of the reference set for pre-training. With fewer outputs a network is not better than the calibrated maximum
    /// softmax.</summary>
    public const int SmallestReference = 100;

    /// <summary>Pre-trains a monitor network on a reference set.</summary>
    /// <exception cref="DllNotFoundException">libtorch is missing.</exception>
    /// <exception cref="ArgumentException">The reference set is smaller than <see cref="SmallestReference"/>, or an option out of range; the message names it
    /// and the bound.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, between two batches.</exception>
    public static TrainedMonitor Train(
        ReferenceSet reference, TrainingOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(reference.Count, SmallestReference, nameof(reference));
        RequireTorch(options.Quantization);
        return Pretraining.Run(reference, options, progress, cancellationToken);
    }

    /// <summary>Fine-tunes a champion on labels of the present, each weighted by 1/π, with a penalty on the distance from its weights.</summary>
    /// <exception cref="MonitorFileException">The champion's file is damaged or foreign.</exception>
    /// <exception cref="DllNotFoundException">libtorch is missing.</exception>
    public static TrainedMonitor FineTune(
        ReadOnlyMemory<byte> championOnnx, IReadOnlyList<LabelledPrediction> labels, FineTuneOptions options,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        RequireTorch(options.Quantization);
        return FineTuning.Run(championOnnx, labels, options, progress, cancellationToken);
    }

    /// <summary>Logit of each label by a monitor that was fine-tuned without the labels of its fold, for as many passes as score the other folds
    /// best.</summary>
    /// <returns>In the order of <paramref name="labels"/>.</returns>
    public static double[] CrossFitLogits(
        ReadOnlyMemory<byte> championOnnx, IReadOnlyList<LabelledPrediction> labels, FineTuneOptions options, int folds = 5,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        RequireTorch(options.Quantization);
        return FineTuning.CrossFitLogits(championOnnx, labels, options, folds, cancellationToken);
    }

    // Quantized training runs over plain spans.
    private static void RequireTorch(QuantizationOptions? quantization)
    {
        if (quantization is null)
        {
            TorchRuntime.Require();
        }
    }
}
