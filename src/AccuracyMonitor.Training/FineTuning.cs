using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Training;

/// <summary>
/// Fine-tuning: trains the champion's weights on 1/π-weighted labels, with a penalty on the distance from their earlier values.
/// Cross-fitting chooses the number of passes, which may be 0.
/// </summary>
internal static class FineTuning
{
    private const ulong OrderStream = 5;

    public static TrainedMonitor Run(
        ReadOnlyMemory<byte> champion, IReadOnlyList<LabelledPrediction> labels, FineTuneOptions options, IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        var (shape, start) = Open(champion, labels);
        var data = TrainingData.From(labels, shape.Encoding, shape.ClassCount);
        var (epochs, heldOutLogits) = CrossFit(shape, start, data, Folds(labels, options.Folds), options, progress, cancellationToken);
        var meter = new VarianceMeter(Pretraining.MeterEvery, options.Quantization?.GradientBits ?? 8);
        using var network = Network(shape, start, options, data.Count, meter);
        Train(network, data, epochs, options, fold: -1, cancellationToken);
        var metrics = ScoreMetrics.Of(heldOutLogits, [.. labels.Select(l => l.Correct)]);
        var (onnx, metadata) = MonitorFile.Write(
            shape with
            {
                CalibrationCount = epochs == 0 ? shape.CalibrationCount : labels.Count,
                CalibrationStandardError = epochs == 0 ? shape.CalibrationStandardError : CalibrationError.Of(heldOutLogits, data),
                TrainingNumbers = Numbers(shape, labels.Count, epochs, options, meter),
            },
            network.Snapshot());
        return new TrainedMonitor(onnx, metadata, new TrainingReport(epochs, labels.Count, labels.Count, metrics.LogLoss, metrics.Brier, metrics.Auroc));
    }

    public static double[] CrossFitLogits(
        ReadOnlyMemory<byte> champion, IReadOnlyList<LabelledPrediction> labels, FineTuneOptions options, int folds, CancellationToken cancellationToken)
    {
        var (shape, start) = Open(champion, labels);
        var data = TrainingData.From(labels, shape.Encoding, shape.ClassCount);
        return CrossFit(shape, start, data, Folds(labels, folds), options, null, cancellationToken).Logits;
    }

    private static (MonitorMetadata Shape, MonitorWeights Start) Open(ReadOnlyMemory<byte> champion, IReadOnlyList<LabelledPrediction> labels)
    {
        var (shape, start) = MonitorFile.Read(champion.Span);
        ArgumentOutOfRangeException.ThrowIfLessThan(labels.Count, 2, nameof(labels));
        return (shape, start);
    }

    /// <summary>A label's fold depends on its key alone, so that more labels never move earlier ones to another fold.</summary>
    internal static int[] Folds(IReadOnlyList<LabelledPrediction> labels, int folds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        return [.. labels.Select(l => Core.Recalibration.CrossFit.FoldOf(l.Key, folds))];
    }

    /// <summary>
    /// Trains one network per fold side by side, one pass at a time, and finds after how many passes the labels left out are scored best. The logits of a
    /// fold are those after as many passes as score the labels of the other folds best, so that no label's own loss chooses the network that scores it.
    /// </summary>
    internal static (int Epochs, double[] Logits) CrossFit(
        MonitorMetadata shape, MonitorWeights start, TrainingData data, int[] foldOf, FineTuneOptions options, IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        var parts = foldOf.Distinct().Order().Select(f => Part.Of(shape, start, data, foldOf, f, options)).ToArray();
        try
        {
            var stopping = new EarlyStopping(Patience(options));
            var best = new double[data.Count];
            for (var epoch = 0; epoch <= options.MaxEpochs && !(stopping.Stopped && Array.TrueForAll(parts, p => p.Stopping.Stopped)); epoch++)
            {
                var logits = new double[data.Count];
                var trainLoss = 0.0;
                foreach (var part in parts)
                {
                    trainLoss += epoch == 0 ? 0 : part.Pass(options.BatchSize, cancellationToken) / parts.Length;
                    part.Score(shape, logits);
                }

                foreach (var part in parts)
                {
                    part.KeepIfBest(epoch, logits, WeightedLoss(logits, data, i => foldOf[i] != part.Fold), best);
                }

                var loss = WeightedLoss(logits, data, _ => true);
                var improved = !stopping.Stopped && stopping.Observe(epoch, loss);
                progress?.Report(new TrainingProgress(epoch, options.MaxEpochs, trainLoss, loss, improved));
            }

            return (stopping.BestEpoch, best);
        }
        finally
        {
            foreach (var part in parts)
            {
                part.Dispose();
            }
        }
    }

    private static void Train(IMonitorNetwork network, TrainingData data, int epochs, FineTuneOptions options, int fold, CancellationToken cancellationToken)
    {
        var random = SplitMix64.Stream(options.Seed, OrderStream, (ulong)(fold + 1));
        var order = Enumerable.Range(0, data.Count).ToArray();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order, order.Length);
            network.Epoch(data, order, options.BatchSize, ref random, cancellationToken);
        }
    }

    private static Dictionary<string, string> Numbers(MonitorMetadata shape, int labels, int epochs, FineTuneOptions options, VarianceMeter meter)
    {
        var numbers = new Dictionary<string, string>(shape.TrainingNumbers, StringComparer.Ordinal)
        {
            ["fine_tuning.parent"] = shape.MonitorVersion,
            ["fine_tuning.labels"] = $"{labels}",
            ["fine_tuning.epochs"] = $"{epochs}",
        };
        foreach (var name in numbers.Keys.Where(k => k.StartsWith("fine_tuning.quantizer", StringComparison.Ordinal)).ToArray())
        {
            numbers.Remove(name);
        }

        foreach (var (name, value) in meter.Numbers(options.Quantization))
        {
            numbers["fine_tuning." + name] = value;
        }

        numbers.Remove("fine_tuning.learning_rate_policy");
        if (options.Policy is { } policy)
        {
            numbers["fine_tuning.learning_rate_policy"] = policy.ToString();
        }

        return numbers;
    }

    // The penalty is given in nats of the summed loss; the network minimises the mean.
    private static IMonitorNetwork Network(MonitorMetadata shape, MonitorWeights start, FineTuneOptions options, int count, VarianceMeter? meter = null)
    {
        var schedule = options.Policy?.Begin((double)options.MaxEpochs * TrainingData.Batches(count, options.BatchSize));
        var penalty = options.Penalty / count;
        return options.Quantization is { } quantization
            ? new QuantizedNetwork(shape, start, options.LearningRate, weightDecay: 0, penalty, quantization, meter) { Schedule = schedule }
            : new TrainingNetwork(start, Members.Of(shape), options.LearningRate, weightDecay: 0, penalty) { Schedule = schedule };
    }

    private static int Patience(FineTuneOptions options) => Math.Max(3, options.MaxEpochs / 10);

    /// <returns>0 where no label counts.</returns>
    private static double WeightedLoss(double[] logits, TrainingData data, Func<int, bool> counts)
    {
        var (loss, total) = (0.0, 0.0);
        foreach (var i in Enumerable.Range(0, logits.Length).Where(counts))
        {
            loss += data.Weights[i] * Logistic.SoftPlus(data.Correct[i] > 0 ? -logits[i] : logits[i]);
            total += data.Weights[i];
        }

        return total > 0 ? loss / total : 0;
    }

    /// <summary>One fold: a network trained on the others, scoring the labels of this one.</summary>
    private sealed class Part(IMonitorNetwork network, TrainingData trained, TrainingData leftOut, int[] rows, SplitMix64 random) : IDisposable
    {
        private readonly int[] _order = [.. Enumerable.Range(0, trained.Count)];
        private SplitMix64 _random = random;

        public required int Fold { get; init; }

        /// <summary>By the labels of the other folds.</summary>
        public required EarlyStopping Stopping { get; init; }

        public static Part Of(MonitorMetadata shape, MonitorWeights start, TrainingData data, int[] foldOf, int fold, FineTuneOptions options)
        {
            var mine = Enumerable.Range(0, data.Count).Where(i => foldOf[i] == fold).ToArray();
            var others = Enumerable.Range(0, data.Count).Where(i => foldOf[i] != fold).ToArray();
            return new Part(
                Network(shape, start, options, Math.Max(1, others.Length)), data.Rows(others), data.Rows(mine), mine,
                SplitMix64.Stream(options.Seed, OrderStream, (ulong)(fold + 1)))
            {
                Fold = fold,
                Stopping = new EarlyStopping(Patience(options)),
            };
        }

        /// <summary>Copies this fold's logits to <paramref name="best"/> where the other folds were never scored better.</summary>
        public void KeepIfBest(int epoch, double[] logits, double lossOfOthers, double[] best)
        {
            if (!Stopping.Stopped && Stopping.Observe(epoch, lossOfOthers))
            {
                foreach (var i in rows)
                {
                    best[i] = logits[i];
                }
            }
        }

        public double Pass(int batchSize, CancellationToken cancellationToken)
        {
            if (trained.Count == 0)
            {
                return 0;
            }

            _random.Shuffle(_order, _order.Length);
            return network.Epoch(trained, _order, batchSize, ref _random, cancellationToken);
        }

        public void Score(MonitorMetadata shape, double[] logits)
        {
            var its = LogitCalibration.Of(shape).Logits(network.MemberLogits(leftOut), shape.Members);
            for (var i = 0; i < rows.Length; i++)
            {
                logits[rows[i]] = its[i];
            }
        }

        public void Dispose() => network.Dispose();
    }
}
