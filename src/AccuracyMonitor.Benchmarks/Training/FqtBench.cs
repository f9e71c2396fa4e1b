using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary>Measures the effect of gradient quantization: variance compared with its bound, bias, and quality of a monitor trained this
/// way.</summary>
internal static class FqtBench
{
    private const int Every = 5;

    /// <summary>Ways of training a monitor that are compared.</summary>
    public static IReadOnlyList<(string Name, QuantizationOptions? Options)> Ways { get; } =
    [
        ("single precision", null),
        .. from kind in (GradientQuantizer[])[GradientQuantizer.Ptq, GradientQuantizer.Psq, GradientQuantizer.Bhq]
           from bits in (int[])[8, 5, 4, 3, 2]
           select ($"{kind} {bits} bits".ToUpperInvariant(), (QuantizationOptions?)new QuantizationOptions { Quantizer = kind, GradientBits = bits }),
        ("all gradients 4 bits", new QuantizationOptions { Quantizer = GradientQuantizer.Ptq, GradientBits = 4, WeightGradientBits = 4 }),
        ("all gradients 3 bits", new QuantizationOptions { Quantizer = GradientQuantizer.Ptq, GradientBits = 3, WeightGradientBits = 3 }),
        ("all 4 bits, to nearest", new QuantizationOptions { Quantizer = GradientQuantizer.Ptq, GradientBits = 4, WeightGradientBits = 4, Nearest = true }),
        ("all 3 bits, to nearest", new QuantizationOptions { Quantizer = GradientQuantizer.Ptq, GradientBits = 3, WeightGradientBits = 3, Nearest = true }),
    ];

    /// <summary>Trains a small classifier to fit its training set, with eight bits and BHQ, and reads the variance meter in the last
    /// epoch.</summary>
    /// <param name="features">N×F.</param>
    /// <param name="labels">N.</param>
    /// <param name="classes">K.</param>
    /// <param name="bits">Bits of the variance meter.</param>
    /// <param name="seed">Seed of weights, order and rounding.</param>
    /// <param name="cancellationToken">Checked between two epochs.</param>
    public static FqtReading Classifier(
        ReadOnlyMemory<float> features, ReadOnlyMemory<int> labels, int classes, int bits, ulong seed, CancellationToken cancellationToken = default)
    {
        const double Fitted = 0.995;
        const int MaxEpochs = 120;
        var meter = new VarianceMeter(Every, bits);
        var network = new QuantizedClassifier(features.Length / labels.Length, [128, 64], classes, 1e-3, new QuantizationOptions(), seed, meter);
        var accuracy = 0.0;
        for (var epoch = 0; epoch < MaxEpochs && accuracy < Fitted; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            network.Epoch(features.Span, labels.Span, 128);
            accuracy = network.Accuracy(features.Span, labels.Span);
        }

        var read = meter.Readings.Count;
        network.Epoch(features.Span, labels.Span, 128);
        return FqtReading.From(accuracy, meter, [.. meter.Readings.Skip(read)], bits, seed) with { SavedBytes = network.SavedBytes };
    }

    /// <summary>Trains a monitor with eight bits and BHQ, and reads the variance meter in the second half of the training.</summary>
    /// <param name="reference">Training data.</param>
    /// <param name="bits">Bits of the variance meter.</param>
    /// <param name="seed">Seed of all randomness.</param>
    /// <param name="cancellationToken">Checked between two epochs.</param>
    public static FqtReading Monitor(ReferenceSet reference, int bits, ulong seed, CancellationToken cancellationToken = default)
    {
        var options = new TrainingOptions { Seed = seed, Quantization = new QuantizationOptions(), BatchSize = 128 };
        var shape = Pretraining.Shape(reference, options);
        var data = TrainingData.From(reference, shape.Encoding);
        var random = SplitMix64.Stream(seed, Pretraining.WeightsStream, 0);
        var meter = new VarianceMeter(Every, bits);
        using var network =
            new QuantizedNetwork(shape, InitialWeights.For(data, shape.Encoding, options.HiddenWidths, ref random), 1e-3, 1e-4, 0, options.Quantization, meter);
        var order = Enumerable.Range(0, data.Count).ToArray();
        var read = 0;
        for (var epoch = 0; epoch < 10; epoch++)
        {
            read = epoch == 5 ? meter.Readings.Count : read;
            random.Shuffle(order, order.Length);
            network.Epoch(data, order, options.BatchSize, ref random, cancellationToken);
        }

        return FqtReading.From(shape.ReferenceAccuracy, meter, [.. meter.Readings.Skip(read)], bits, seed);
    }

    /// <summary>A monitor trained in one of <see cref="Ways"/>, judged on outputs that were not used for fitting.</summary>
    public static ScoreMetrics Train(
        ReferenceSet reference, ReferenceSet test, QuantizationOptions? way, ulong seed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(test);

        // Single precision uses the same code, so that only the number of bits differs.
        var options = new TrainingOptions
        {
            Seed = seed,
            Quantization = way ?? new QuantizationOptions { Quantizer = GradientQuantizer.None },
            FullPrecision = way is null
        };
        var (shape, weights) = MonitorFile.Read(MonitorTrainer.Train(reference, options, cancellationToken: cancellationToken).Onnx);
        var data = TrainingData.From(test, shape.Encoding);
        return ScoreMetrics.Of(DenseMembers.Calibrated(shape, weights, data), [.. data.Correct.Select(c => c > 0)]);
    }
}
