using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>Makes a monitor ternary. Needs no libtorch. The same arguments give the same bytes.</summary>
public static class TernaryTraining
{
    private const ulong BatchStream = 21;
    private const ulong OrderStream = 22;

    /// <param name="monitor">Monitor file.</param>
    /// <param name="reference">What it was trained on; a part is held out to choose the pass and to calibrate.</param>
    /// <param name="test">Judges the result; same K.</param>
    /// <param name="options">In range.</param>
    /// <param name="progress">Receives each pass.</param>
    /// <param name="cancellationToken">Checked between two weights.</param>
    /// <exception cref="MonitorFileException">The file is damaged, foreign, or for another number of classes.</exception>
    /// <exception cref="ArgumentException">A set is too small, or an option out of range.</exception>
    public static TernaryResult Run(
        ReadOnlyMemory<byte> monitor, ReferenceSet reference, ReferenceSet test, TernaryOptions options, IProgress<TernaryProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(reference.Count, MonitorTrainer.SmallestReference, nameof(reference));
        ArgumentOutOfRangeException.ThrowIfNotEqual(test.ClassCount, reference.ClassCount, nameof(test));
        var (shape, dense) = MonitorFile.Read(monitor.Span, reference.ClassCount);
        var (trained, heldOut) = Pretraining.Split(TrainingData.From(reference, shape.Encoding), new TrainingOptions { Seed = options.Seed });
        var judge = new Judge(shape, heldOut, TrainingData.From(test, shape.Encoding));

        var random = SplitMix64.Stream(options.Seed, BatchStream, 0);
        var rows = Enumerable.Range(0, trained.Count).ToArray();
        random.Shuffle(rows, rows.Length);
        var data = trained.Rows(rows.AsSpan(0, Math.Min(options.Rows, rows.Length)));
        TernaryBatch Batch(int pass) => TernaryBatch.Of(shape, dense, data, SplitMix64.Stream(options.Seed, BatchStream, (ulong)pass + 1));
        var rounded = Twn.Round(dense);
        var refitted = new TernaryRefit(Batch(0)).Fit(rounded, options.RefitSteps).Rounded();
        var best = Descend(Batch, refitted, judge, options, progress, cancellationToken);

        var forms = (
            Dense: judge.Form("fp32", dense, LogitCalibration.Of(shape), null),
            Rounded: judge.Form("TWN", rounded.ToDense(), null, rounded),
            Refitted: judge.Form("TWN + refit", refitted.ToDense(), null, refitted),
            Ternary: judge.Form("ternary", best.ToDense(), null, best));
        var calibration = judge.Calibrate(best.ToDense());
        var (file, metadata) = TernaryFile.Write(
            shape with
            {
                CalibrationScale = calibration.Scale,
                CalibrationShift = calibration.Shift,
                CalibrationCount = heldOut.Count,
                TrainingNumbers = Numbers(shape, forms.Dense, forms.Ternary),
            },
            best);
        return new TernaryResult(file, metadata, forms.Dense, forms.Rounded, forms.Refitted, forms.Ternary);
    }

    private static TernaryWeights Descend(
        Func<int, TernaryBatch> batchOf, TernaryWeights start, Judge judge, TernaryOptions options, IProgress<TernaryProgress>? progress,
        CancellationToken cancellationToken)
    {
        var random = SplitMix64.Stream(options.Seed, OrderStream, 0);
        var (best, bestLoss) = (start, judge.HeldOutLoss(start.ToDense()));
        progress?.Report(new TernaryProgress(0, options.Passes, new TernaryState(batchOf(0), start).Loss, bestLoss, 0));
        var weights = start;
        for (var pass = 1; pass <= options.Passes; pass++)
        {
            // Each pass draws the samples' members again: with one draw, the weights would overfit its masks.
            var batch = batchOf(pass);
            var state = new TernaryState(batch, weights);
            var changed = TernaryDescent.Pass(state, options.Gain / batch.Count, ref random, cancellationToken);
            weights = new TernaryRefit(batch).Fit(state.Snapshot(weights), options.RefitSteps).Rounded();
            var loss = judge.HeldOutLoss(weights.ToDense());
            progress?.Report(new TernaryProgress(pass, options.Passes, state.Loss, loss, changed));
            if (loss < bestLoss)
            {
                (best, bestLoss) = (weights, loss);
            }

            if (changed == 0)
            {
                break;
            }
        }

        return best;
    }

    private static Dictionary<string, string> Numbers(MonitorMetadata shape, TernaryForm dense, TernaryForm ternary) =>
        new(shape.TrainingNumbers, StringComparer.Ordinal)
        {
            ["ternary.parent"] = shape.MonitorVersion,
            ["ternary.auroc"] = $"{ternary.Test.Auroc:0.0000}",
            ["ternary.auroc_of_parent"] = $"{dense.Test.Auroc:0.0000}",
            ["ternary.estimate_error"] = $"{ternary.EstimateError:0.0000}",
            ["ternary.estimate_error_of_parent"] = $"{dense.EstimateError:0.0000}",
        };

    /// <summary>Calibrates on the part held out, and judges on the test set.</summary>
    private sealed class Judge(MonitorMetadata shape, TrainingData heldOut, TrainingData test)
    {
        public LogitCalibration Calibrate(MonitorWeights weights) =>
            LogitCalibration.Fit(DenseMembers.Logits(shape, weights, heldOut), heldOut.Correct, heldOut.Weights, shape.Members);

        public double HeldOutLoss(MonitorWeights weights, LogitCalibration? calibration = null) => LogitCalibration.MeanLoss(
            calibration ?? Calibrate(weights), DenseMembers.Logits(shape, weights, heldOut), heldOut.Correct, heldOut.Weights, shape.Members);

        public TernaryForm Form(string name, MonitorWeights weights, LogitCalibration? calibration, TernaryWeights? ternary)
        {
            var fitted = calibration ?? Calibrate(weights);
            var logits = fitted.Logits(DenseMembers.Logits(shape, weights, test), shape.Members);
            var biases = weights.Layers.Sum(l => l.Bias.Length);
            var weightBytes = ternary is null ? 4 * weights.Layers.Sum(l => l.Weights.Length) : ternary.Layers.Sum(l => TernaryFile.TritBytes(l.Trits.Length));
            return new TernaryForm(
                name,
                HeldOutLoss(weights, fitted),
                ScoreMetrics.Of(logits, [.. test.Correct.Select(c => c > 0)]),
                weightBytes,
                weightBytes + (ternary is null ? 4 * biases : (2 * biases) + (4 * weights.Layers.Count)));
        }
    }
}
