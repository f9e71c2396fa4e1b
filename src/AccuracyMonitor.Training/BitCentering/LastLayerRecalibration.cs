using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>Recalibrates a monitor's last layer on labels by HALP. It needs no libtorch and one byte per weight. The same arguments give the
/// same delta.</summary>
public static class LastLayerRecalibration
{
    /// <summary>Minimum number of labels.</summary>
    public const int MinLabels = 20;

    private const ulong MemberStream = 33;

    /// <param name="monitor">Monitor file.</param>
    /// <param name="labels">At least <see cref="MinLabels"/>, with the monitor's K; weighted by 1/π.</param>
    /// <param name="options">Options within their ranges.</param>
    /// <param name="cancellationToken">Checked between two epochs.</param>
    /// <exception cref="MonitorFileException">The file is damaged or foreign.</exception>
    /// <exception cref="ArgumentException">Too few labels, of another K, or an option out of range.</exception>
    public static LastLayerResult Run(
        ReadOnlySpan<byte> monitor, IReadOnlyList<LabelledPrediction> labels, LastLayerRecalibrationOptions options,
        CancellationToken cancellationToken = default)
    {
        var (shape, weights) = MonitorFile.Read(monitor);
        var data = Data(shape, labels, options);
        var (fitted, trace) = Fit(shape, weights, data, options, stream: 0, cancellationToken);
        var delta = fitted with
        {
            StandardError =
            (float)CalibrationError.Of(CrossFitLogits(monitor, labels, options, cancellationToken: cancellationToken), data)
        };
        var (onnx, metadata) =
            MonitorFile.Write(delta.Described(shape, Numbers(options, trace)), HeadProblem.Changed(weights, [.. delta.Values.Select(v => v * delta.Step)]));
        return new LastLayerResult(delta, onnx, metadata, trace);
    }

    /// <summary>Logit of each label by a monitor recalibrated without the labels of its fold. A challenger is judged by these.</summary>
    /// <returns>In the order of <paramref name="labels"/>.</returns>
    /// <inheritdoc cref="Run" path="/exception"/>
    public static double[] CrossFitLogits(
        ReadOnlySpan<byte> monitor, IReadOnlyList<LabelledPrediction> labels, LastLayerRecalibrationOptions options, int folds = 5,
        CancellationToken cancellationToken = default)
    {
        var (shape, weights) = MonitorFile.Read(monitor);
        var data = Data(shape, labels, options);
        var foldOf = FineTuning.Folds(labels, folds);
        var logits = new double[data.Count];
        foreach (var fold in foldOf.Distinct().Order())
        {
            int[] Rows(bool mine) => [.. Enumerable.Range(0, data.Count).Where(i => (foldOf[i] == fold) == mine)];
            var (leftOut, others) = (Rows(mine: true), Rows(mine: false));
            var change = Fit(shape, weights, data.Rows(others), options, (ulong)fold + 1, cancellationToken).Delta;
            var scored = DenseMembers.Calibrated(shape, HeadProblem.Changed(weights, [.. change.Values.Select(v => v * change.Step)]), data.Rows(leftOut));
            for (var i = 0; i < leftOut.Length; i++)
            {
                logits[leftOut[i]] = scored[i];
            }
        }

        return logits;
    }

    private static (HeadDelta Delta, IReadOnlyList<EpochTrace> Trace) Fit(
        MonitorMetadata shape, MonitorWeights weights, TrainingData data, LastLayerRecalibrationOptions options, ulong stream,
        CancellationToken cancellationToken)
    {
        if (data.Count == 0)
        {
            return (HeadDelta.Of(shape.MonitorVersion, new double[weights.Layers[^1].Inputs + 1], 0, shape.CalibrationStandardError), []);
        }

        var (head, scale) =
            HeadProblem.Of(shape, weights, data, options.Penalty / data.Count, options.MembersPerSample, SplitMix64.Stream(options.Seed, MemberStream, stream));
        var (change, trace) = Solver.Run(
            head, SolverKind.Halp, new SolverOptions
            {
                Rate = 0.5 / head.Smoothness,
                Bits = options.Bits,
                Epochs = options.Epochs,
                Seed = options.Seed + stream,
                Enough = 1e-6
            }, cancellationToken);
        for (var i = 0; i < change.Length; i++)
        {
            change[i] /= scale;
        }

        return (HeadDelta.Of(shape.MonitorVersion, change, data.Count, shape.CalibrationStandardError), trace);
    }

    private static KeyValuePair<string, string>[] Numbers(LastLayerRecalibrationOptions options, IReadOnlyList<EpochTrace> trace) =>
    [
        new("halp.bits", $"{options.Bits}"),
        new("halp.mu", string.Join(' ', trace.Select(t => t.Restored ? $"({t.Mu:G3})" : $"{t.Mu:G3}"))),
        new("halp.saturated", $"{trace.Average(t => t.SaturatedShare):0.0000}"),
        new("halp.gradient_norm", $"{trace[^1].GradientNorm:G3}"),
    ];

    private static TrainingData Data(MonitorMetadata shape, IReadOnlyList<LabelledPrediction> labels, LastLayerRecalibrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(labels.Count, MinLabels, nameof(labels));
        return TrainingData.From(labels, shape.Encoding, shape.ClassCount);
    }
}

/// <summary>A monitor whose last layer was recalibrated.</summary>
/// <param name="Delta">What changed.</param>
/// <param name="Onnx">The base monitor with it, and with the numbers of the run.</param>
/// <param name="Metadata">Of that file.</param>
/// <param name="Trace">Of the solver.</param>
public sealed record LastLayerResult(HeadDelta Delta, byte[] Onnx, MonitorMetadata Metadata, IReadOnlyList<EpochTrace> Trace);
