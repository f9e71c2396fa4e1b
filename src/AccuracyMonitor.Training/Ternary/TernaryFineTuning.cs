using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>
/// Fine-tunes a ternary monitor on labels of a new condition by coordinate passes over its weights and a new calibration. It compares losses and takes no
/// gradient, so it needs neither libtorch nor backpropagation. Weights stay ternary and layers keep their scales and biases.
/// The same arguments give the same weights.
/// </summary>
public static class TernaryFineTuning
{
    /// <summary>Minimum number of labels.</summary>
    public const int MinLabels = 20;

    private const ulong BatchStream = 23;
    private const ulong OrderStream = 24;

    // Steps: nothing, the calibration, then pass after pass.
    private const int Untouched = 0;
    private const int Calibrated = 1;

    /// <summary>Fine-tunes on all labels, with the number of steps that cross-fitting on them finds best.</summary>
    /// <param name="shape">Of the monitor.</param>
    /// <param name="start">Its weights.</param>
    /// <param name="labels">At least <see cref="MinLabels"/>, of its K; weighted by 1/π.</param>
    /// <param name="options">In range.</param>
    /// <param name="cancellationToken">Checked between two weights.</param>
    /// <exception cref="ArgumentException">Too few labels, of another K, or an option out of range.</exception>
    public static FineTunedTernary Run(
        MonitorMetadata shape, TernaryWeights start, IReadOnlyList<LabelledPrediction> labels, TernaryFineTuneOptions options,
        CancellationToken cancellationToken = default)
    {
        var data = Data(shape, start, labels, options);
        var (steps, logits) = CrossFit(shape, start, labels, data, options, cancellationToken);
        var form = Steps(shape, start, data, options, stream: 0, cancellationToken).ElementAt(steps);
        var metrics = ScoreMetrics.Of(logits, [.. labels.Select(l => l.Correct)]);
        var passes = Math.Max(0, steps - Calibrated);
        var fineTuned = shape with
        {
            CalibrationScale = form.Calibration.Scale,
            CalibrationShift = form.Calibration.Shift,
            CalibrationCount = steps == Untouched ? shape.CalibrationCount : labels.Count,
            CalibrationStandardError = steps == Untouched ? shape.CalibrationStandardError : CalibrationError.Of(logits, data),
            TrainingNumbers = new Dictionary<string, string>(shape.TrainingNumbers, StringComparer.Ordinal)
            {
                ["fine_tuning.parent"] = shape.MonitorVersion,
                ["fine_tuning.labels"] = $"{labels.Count}",
                ["fine_tuning.passes"] = $"{passes}",
                ["fine_tuning.changed"] = $"{Changed(start, form.Weights)}",
                ["fine_tuning.log_loss"] = $"{metrics.LogLoss:0.0000}",
            },
        };
        return new FineTunedTernary(fineTuned, form.Weights, passes, Changed(start, form.Weights), steps == Untouched);
    }

    /// <summary>Logit of each label by a monitor fine-tuned without the labels of its fold, with the number of steps that the other folds choose. A
    /// challenger is judged by these logits. <see cref="Run"/> with the same options uses the number of steps that all folds choose.</summary>
    /// <returns>In the order of <paramref name="labels"/>.</returns>
    /// <inheritdoc cref="Run" path="/exception"/>
    public static double[] CrossFitLogits(
        MonitorMetadata shape, TernaryWeights start, IReadOnlyList<LabelledPrediction> labels, TernaryFineTuneOptions options,
        CancellationToken cancellationToken = default) =>
        CrossFit(shape, start, labels, Data(shape, start, labels, options), options, cancellationToken).Logits;

    private static TrainingData Data(MonitorMetadata shape, TernaryWeights start, IReadOnlyList<LabelledPrediction> labels, TernaryFineTuneOptions options)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(labels.Count, MinLabels, nameof(labels));
        return TrainingData.From(labels, shape.Encoding, shape.ClassCount);
    }

    // The number of steps after which the left-out labels are scored best; and each label's logit after the number that scores the labels of the other folds
    // best, so that its own outcome has no influence on it.
    private static (int Steps, double[] Logits) CrossFit(
        MonitorMetadata shape, TernaryWeights start, IReadOnlyList<LabelledPrediction> labels, TrainingData data, TernaryFineTuneOptions options,
        CancellationToken cancellationToken)
    {
        var foldOf = FineTuning.Folds(labels, options.Folds);
        var logits = Enumerable.Range(0, Calibrated + options.Passes + 1).Select(_ => new double[data.Count]).ToArray();
        foreach (var fold in foldOf.Distinct().Order())
        {
            int[] Rows(bool mine) => [.. Enumerable.Range(0, data.Count).Where(i => (foldOf[i] == fold) == mine)];
            var (leftOut, others) = (Rows(mine: true), Rows(mine: false));
            var scored = data.Rows(leftOut);
            var step = 0;
            foreach (var form in Steps(shape, start, data.Rows(others), options, (ulong)fold + 1, cancellationToken))
            {
                var its = form.Calibration.Logits(DenseMembers.Logits(shape, form.Weights.ToDense(), scored), shape.Members);
                for (var i = 0; i < leftOut.Length; i++)
                {
                    logits[step][leftOut[i]] = its[i];
                }

                step++;
            }
        }

        int Best(Func<int, bool> counts) => Enumerable.Range(0, logits.Length).MinBy(s => Enumerable.Range(0, data.Count).Where(counts)
            .Sum(i => data.Weights[i] * Logistic.SoftPlus(data.Correct[i] > 0 ? -logits[s][i] : logits[s][i])));
        var chosen = new double[data.Count];
        foreach (var fold in foldOf.Distinct())
        {
            var steps = Best(i => foldOf[i] != fold);
            foreach (var i in Enumerable.Range(0, data.Count).Where(i => foldOf[i] == fold))
            {
                chosen[i] = logits[steps][i];
            }
        }

        return (Best(_ => true), chosen);
    }

    private static IEnumerable<(TernaryWeights Weights, LogitCalibration Calibration)> Steps(
        MonitorMetadata shape, TernaryWeights start, TrainingData data, TernaryFineTuneOptions options, ulong stream, CancellationToken cancellationToken)
    {
        LogitCalibration Calibrate(TernaryWeights weights) => data.Count == 0 ? LogitCalibration.Of(shape)
            : LogitCalibration.Fit(DenseMembers.Logits(shape, weights.ToDense(), data), data.Correct, data.Weights, shape.Members);
        yield return (start, LogitCalibration.Of(shape));
        yield return (start, Calibrate(start));
        var random = SplitMix64.Stream(options.Seed, OrderStream, stream);
        var weights = start;
        for (var pass = 0; pass < options.Passes; pass++)
        {
            if (data.Count > 0)
            {
                // Each pass draws the samples' members again, as in compression.
                var batch = TernaryBatch.Of(shape, weights.ToDense(), data, SplitMix64.Stream(options.Seed, BatchStream, (stream * 32) + (ulong)pass));
                var state = new TernaryState(batch, weights);
                TernaryDescent.Pass(state, options.Gain / data.Count, ref random, cancellationToken);
                weights = state.Snapshot(weights);
            }

            yield return (weights, Calibrate(weights));
        }
    }

    private static int Changed(TernaryWeights before, TernaryWeights after) =>
        before.Layers.Zip(after.Layers, (a, b) => a.Trits.Zip(b.Trits, (x, y) => x == y ? 0 : 1).Sum()).Sum();
}

/// <summary>A ternary monitor after fine-tuning.</summary>
/// <param name="Shape">Its metadata with the new calibration and its numbers; to be written by <see cref="TernaryFile"/> or MonitorFile.</param>
/// <param name="Weights">Ternary.</param>
/// <param name="Passes">That cross-fitting chose.</param>
/// <param name="Changed">Weights that differ from those before.</param>
/// <param name="Untouched">Whether the monitor as it was scored the labels best.</param>
public sealed record FineTunedTernary(MonitorMetadata Shape, TernaryWeights Weights, int Passes, int Changed, bool Untouched);
