using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Quantized;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training;

/// <summary>Pre-training: fits the weights on one part of a reference set. The other part decides when to stop, and calibrates.</summary>
internal static class Pretraining
{
    // Streams of the seed.
    internal const ulong SplitStream = 1;
    internal const ulong WeightsStream = 2;
    internal const ulong OrderStream = 3;
    private const ulong MasksStream = 4;

    // Steps between two readings of the variance meter.
    internal const int MeterEvery = 50;

    public static TrainedMonitor Run(
        ReferenceSet reference, TrainingOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var shape = Shape(reference, options);
        var data = TrainingData.From(reference, shape.Encoding);
        var (trained, heldOut) = Split(data, options);

        var random = SplitMix64.Stream(options.Seed, WeightsStream, 0);
        var start = InitialWeights.For(trained, shape.Encoding, options.HiddenWidths, ref random);
        var schedule = options.Policy?.Begin((double)options.MaxEpochs * TrainingData.Batches(trained.Count, options.BatchSize));
        var meter = new VarianceMeter(MeterEvery, options.Quantization?.GradientBits ?? 8);
        using IMonitorNetwork network = options.Quantization is { } quantization
            ? new QuantizedNetwork(
                shape, start, options.LearningRate, options.WeightDecay, penalty: 0, options.FullPrecision ? null : quantization, meter)
            { Schedule = schedule }
            : new TrainingNetwork(start, Members.Of(shape), options.LearningRate, options.WeightDecay) { Schedule = schedule };
        var stopping = new EarlyStopping(options.Policy is null ? options.Patience : options.MaxEpochs);
        var order = Enumerable.Range(0, trained.Count).ToArray();
        random = SplitMix64.Stream(options.Seed, OrderStream, 0);
        void Judge(int epoch, double loss)
        {
            var memberLogits = network.MemberLogits(heldOut);
            var heldOutLoss = LogitCalibration.MeanLoss(LogitCalibration.Identity, memberLogits, heldOut.Correct, heldOut.Weights, shape.Members);
            var improved = stopping.Observe(epoch, heldOutLoss);
            if (epoch > 0)
            {
                schedule?.Observe(heldOutLoss);
            }

            if (improved)
            {
                stopping.Kept = (network.Snapshot(), memberLogits);
            }

            progress?.Report(new TrainingProgress(epoch, options.MaxEpochs, loss, heldOutLoss, improved));
        }

        Judge(0, double.NaN);
        for (var epoch = 1; epoch <= options.MaxEpochs && !stopping.Stopped; epoch++)
        {
            random.Shuffle(order, order.Length);
            Judge(epoch, network.Epoch(trained, order, options.BatchSize, ref random, cancellationToken));
        }

        return Finish(shape, options, stopping, trained.Count, heldOut, meter);
    }

    internal static MonitorMetadata Shape(ReferenceSet reference, TrainingOptions options) => new()
    {
        Encoding = options.EncodingFor(reference.ClassCount),
        ClassCount = reference.ClassCount,
        Members = options.Members,
        MaskSeed = SplitMix64.Stream(options.Seed, MasksStream, 0).Next(),
        DropoutRate = options.Dropout,
        HiddenWidths = [.. options.HiddenWidths],
        ReferenceCount = reference.Count,
        ReferenceAccuracy = Enumerable.Range(0, reference.Count)
            .Count(i => FeatureEncoding.PredictedClass(reference.Row(i)) == reference.Labels[i]) / (double)reference.Count,
    };

    internal static (TrainingData Trained, TrainingData HeldOut) Split(TrainingData data, TrainingOptions options)
    {
        var rows = Enumerable.Range(0, data.Count).ToArray();
        SplitMix64.Stream(options.Seed, SplitStream, 0).Shuffle(rows, rows.Length);
        var heldOut = options.HeldOutCount(data.Count);
        return (data.Rows(rows.AsSpan(heldOut)), data.Rows(rows.AsSpan(0, heldOut)));
    }

    private static TrainedMonitor Finish(
        MonitorMetadata shape, TrainingOptions options, EarlyStopping stopping, int trained, TrainingData heldOut, VarianceMeter meter)
    {
        var (weights, memberLogits) = stopping.Kept;
        var calibration = LogitCalibration.Fit(memberLogits, heldOut.Correct, heldOut.Weights, shape.Members);
        var logits = calibration.Logits(memberLogits, shape.Members);
        var metrics = ScoreMetrics.Of(logits, [.. heldOut.Correct.Select(c => c > 0)]);
        var (onnx, metadata) = MonitorFile.Write(
            shape with
            {
                CalibrationScale = calibration.Scale,
                CalibrationShift = calibration.Shift,
                CalibrationCount = heldOut.Count,
                CalibrationStandardError = Math.Sqrt(metrics.Brier / heldOut.Count),
                TrainingNumbers = new Dictionary<string, string>(PolicyNumbers(options).Concat(meter.Numbers(options.Quantization)), StringComparer.Ordinal)
                {
                    ["seed"] = $"{options.Seed}",
                    ["epochs"] = $"{stopping.BestEpoch}",
                    ["batch_size"] = $"{options.BatchSize}",
                    ["learning_rate"] = $"{options.LearningRate}",
                    ["weight_decay"] = $"{options.WeightDecay}",
                    ["trained_count"] = $"{trained}",
                    ["held_out_log_loss"] = $"{metrics.LogLoss:G6}",
                    ["held_out_brier"] = $"{metrics.Brier:G6}",
                    ["held_out_auroc"] = $"{metrics.Auroc:G6}",
                },
            },
            weights!);
        return new TrainedMonitor(onnx, metadata, new TrainingReport(
            stopping.BestEpoch, trained, heldOut.Count, metrics.LogLoss, metrics.Brier, metrics.Auroc));
    }

    /// <summary>Empty without a policy, so that nothing about policies is in such a file.</summary>
    private static Dictionary<string, string> PolicyNumbers(TrainingOptions options)
    {
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (options.Policy is { } policy)
        {
            numbers["learning_rate_policy"] = policy.ToString();
            foreach (var (name, value) in options.PolicyNumbers)
            {
                numbers["learning_rate_policy." + name] = value;
            }
        }

        return numbers;
    }
}
