using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>What quantizing gradients costs: variance beside its bound, bias, and what a monitor that was trained so is worth.</summary>
public static class FqtBench
{
    /// <summary>Draws of the test for bias.</summary>
    public const int Draws = 400;

    /// <summary>Draws of a matrix of over 100,000 elements: there the ratio's spread is small after few, and one takes long.</summary>
    public const int DrawsOfMany = 40;

    private const int ManyElements = 100_000;

    private const ulong DrawStream = 43;
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

    /// <summary>Trains a small classifier until it fits its training set, in eight bits with BHQ, and reads the meter in the last epoch.</summary>
    /// <param name="features">N×F.</param>
    /// <param name="labels">N.</param>
    /// <param name="classes">K.</param>
    /// <param name="bits">That the meter reads at.</param>
    /// <param name="seed">Weights, order and rounding.</param>
    /// <param name="cancellationToken">Ends it, between two epochs.</param>
    public static FqtReading Classifier(ReadOnlyMemory<float> features, ReadOnlyMemory<int> labels, int classes, int bits, ulong seed, CancellationToken cancellationToken = default)
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
        return Reading(accuracy, meter, [.. meter.Readings.Skip(read)], bits, seed) with { SavedBytes = network.SavedBytes };
    }

    /// <summary>Trains a monitor in eight bits with BHQ and reads the meter in the second half.</summary>
    /// <param name="reference">What it is trained on.</param>
    /// <param name="bits">That the meter reads at.</param>
    /// <param name="seed">Of everything.</param>
    /// <param name="cancellationToken">Ends it, between two epochs.</param>
    public static FqtReading Monitor(ReferenceSet reference, int bits, ulong seed, CancellationToken cancellationToken = default)
    {
        var options = new TrainingOptions { Seed = seed, Quantization = new QuantizationOptions(), BatchSize = 128 };
        var shape = Pretraining.Shape(reference, options);
        var data = TrainingData.From(reference, shape.Encoding);
        var random = SplitMix64.Stream(seed, Pretraining.WeightsStream, 0);
        var meter = new VarianceMeter(Every, bits);
        using var network = new QuantizedNetwork(shape, InitialWeights.For(data, shape.Encoding, options.HiddenWidths, ref random), 1e-3, 1e-4, 0, options.Quantization, meter);
        var order = Enumerable.Range(0, data.Count).ToArray();
        var read = 0;
        for (var epoch = 0; epoch < 10; epoch++)
        {
            read = epoch == 5 ? meter.Readings.Count : read;
            random.Shuffle(order, order.Length);
            network.Epoch(data, order, options.BatchSize, ref random, cancellationToken);
        }

        return Reading(shape.ReferenceAccuracy, meter, [.. meter.Readings.Skip(read)], bits, seed);
    }

    /// <summary>A monitor trained in one of <see cref="Ways"/>, judged on outputs that nothing was fitted to.</summary>
    public static ScoreMetrics Train(ReferenceSet reference, ReferenceSet test, QuantizationOptions? way, ulong seed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(test);

        // Single precision over the same code: bits are all that differs.
        var options = new TrainingOptions { Seed = seed, Quantization = way ?? new QuantizationOptions { Quantizer = GradientQuantizer.None }, FullPrecision = way is null };
        var (shape, weights) = MonitorFile.Read(MonitorTrainer.Train(reference, options, cancellationToken: cancellationToken).Onnx);
        var data = TrainingData.From(test, shape.Encoding);
        return ScoreMetrics.Of(DenseMembers.Calibrated(shape, weights, data), [.. data.Correct.Select(c => c > 0)]);
    }

    internal static FqtReading Reading(double accuracy, VarianceMeter meter, IReadOnlyList<VarianceReading> read, int bits, ulong seed)
    {
        var bias = new List<FqtBias>();
        foreach (var (layer, (gradient, rows)) in meter.Last)
        {
            foreach (var kind in (GradientQuantizer[])[GradientQuantizer.Ptq, GradientQuantizer.Psq, GradientQuantizer.Bhq])
            {
                var (ratio, deviation) = BiasRatio(gradient, rows, kind, bits, seed);
                bias.Add(new FqtBias(layer, kind, ratio, deviation));
            }
        }

        return new FqtReading(accuracy, read, bias, meter.Readings.Count(r => r.Variance > r.Bound * (1 + 1e-6)), meter.Readings.Count);
    }

    /// <summary>‖mean of the draws − G‖² over what it is on average for an unbiased quantizer, Var/R; and the standard deviation of that, √(2Σv²)/Σv over the
    /// elements' variances v: where few elements have most of the variance, it is wide.</summary>
    internal static (double Ratio, double Deviation) BiasRatio(float[] gradient, int rows, GradientQuantizer kind, int bits, ulong seed, bool nearest = false)
    {
        SplitMix64? random = nearest ? null : SplitMix64.Stream(seed, DrawStream, (ulong)kind);
        var (mean, spread) = (new double[gradient.Length], new double[gradient.Length]);
        var draws = gradient.Length < ManyElements ? Draws : DrawsOfMany;
        for (var draw = 0; draw < draws; draw++)
        {
            var values = QuantizedMatrix.Of(gradient, rows, kind, bits, ref random).Values();
            for (var i = 0; i < mean.Length; i++)
            {
                var off = values[i] - gradient[i];
                mean[i] += off / (double)draws;
                spread[i] += (double)off * off / draws;
            }
        }

        return (mean.Sum(m => m * m) * draws / spread.Sum(), Math.Sqrt(2 * spread.Sum(v => v * v)) / spread.Sum());
    }
}

/// <summary>The meter at the end of one training.</summary>
/// <param name="Accuracy">Of the classifier on its training set, when the epoch began that was read; of the monitored model on the reference set.</param>
/// <param name="Readings">Of the last epochs, every quantizer at every layer.</param>
/// <param name="Bias">At the last step.</param>
/// <param name="OverBound">Readings of the whole training whose variance was above its bound.</param>
/// <param name="All">Readings of the whole training.</param>
public sealed record FqtReading(double Accuracy, IReadOnlyList<VarianceReading> Readings, IReadOnlyList<FqtBias> Bias, int OverBound, int All)
{
    /// <summary>Bytes of activations that a sample keeps for its way back, and those of single precision; of the classifier.</summary>
    public (double Kept, double Single) SavedBytes { get; init; }

    /// <summary>Mean relative variance, Var/‖G‖², of one quantizer at one layer.</summary>
    public double Relative(int layer, GradientQuantizer kind) => Readings.Where(r => r.Layer == layer && r.Quantizer == kind).Average(r => r.Relative);
}

/// <param name="Layer">0: the first.</param>
/// <param name="Quantizer">Which.</param>
/// <param name="Ratio">Squared error of the mean of the draws over what it is on average without bias, 1.</param>
/// <param name="Deviation">Standard deviation of the ratio.</param>
public sealed record FqtBias(int Layer, GradientQuantizer Quantizer, double Ratio, double Deviation);
