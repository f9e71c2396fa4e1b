using System.Globalization;
using System.Numerics.Tensors;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Reads the conditions of a trace file and simulates shifts of the clean one whose accuracy is known exactly.</summary>
internal static class TraceConditionReader
{
    public const string Clean = "clean";
    public const string Covariate = "sim_covariate";

    private const string Prefix = "sim_";

    // Shares of right answers that are turned wrong, independently of the confidence (docs/reference/evaluation.md, "Simulated shifts").
    private static readonly double[] ConceptShares = [0.03, 0.1];

    /// <param name="trace">The file.</param>
    /// <param name="reference">Its condition "reference"; null where it has none: the deployed model's confidence is then believed as it is.</param>
    /// <param name="monitor">Null: the maximum softmax, calibrated on the reference.</param>
    /// <param name="simulate">Also shifts made of the condition "clean".</param>
    /// <param name="seed">Of the simulated shifts.</param>
    /// <exception cref="TraceFileException">The file cannot be used.</exception>
    public static IEnumerable<TraceCondition> Read(TraceFile trace, ReferenceSet? reference, IMonitorScorer? monitor, bool simulate, int seed)
    {
        var calibration = monitor is null && reference is not null ? ScoreCalibration.Fit(reference) : ScoreCalibration.Identity;
        foreach (var name in trace.Conditions.Where(c => !trace.NamesConditions || !string.Equals(c, TraceFile.Reference, StringComparison.Ordinal)))
        {
            var condition = Score(trace, name, calibration, monitor);
            condition = trace.NamesConditions ? condition : condition with { Name = EvaluationRun.All };
            yield return condition;
            if (simulate && string.Equals(name, Clean, StringComparison.Ordinal))
            {
                foreach (var shift in Simulated(condition, Seeds.Of(seed, trace.Name, "shifts")))
                {
                    yield return shift;
                }
            }
        }
    }

    public static bool IsSimulated(TraceCondition condition) => condition.Name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Shifts that are known exactly.</summary>
    public static IEnumerable<TraceCondition> Simulated(TraceCondition clean, ulong seed)
    {
        var random = new SplitMix64(seed);
        foreach (var share in ConceptShares)
        {
            yield return clean with
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}concept_{100 * share:0}"),
                Correct = TurnWrong(clean.Correct, share, ref random),
            };
        }

        // Half of the window is drawn from the least confident fifth, which keeps P(right | score) as it was.
        var doubtful = Enumerable.Range(0, clean.Count).OrderBy(i => clean.Scores[i]).Take(Math.Max(1, clean.Count / 5)).ToArray();
        yield return Resample(clean, Covariate, ref random, doubtful);

        // Half of the window from one of the first three true classes.
        var frequent = Enumerable.Range(0, clean.Count).Where(i => clean.Data.Labels[i] < 3).ToArray();
        yield return Resample(clean, Prefix + "labels", ref random, frequent.Length > 0 ? frequent : doubtful);
    }

    private static TraceCondition Score(TraceFile trace, string name, ScoreCalibration calibration, IMonitorScorer? monitor)
    {
        var data = trace.Load(name);
        if (data.Count == 0)
        {
            throw new TraceFileException($"{trace.Path}: condition '{name}' has no row; at least 1 is needed.");
        }

        if (monitor?.ClassCount is { } classes && classes != data.ClassCount)
        {
            throw new TraceFileException($"{trace.Path}: condition '{name}' has {data.ClassCount} classes; the monitor reads {classes}.");
        }

        var logits = new double[data.Count];
        var confidences = new double[data.Count];
        var predicted = new int[data.Count];
        for (var i = 0; i < data.Count; i++)
        {
            predicted[i] = TensorPrimitives.IndexOfMax(data.Row(i));
            confidences[i] = Math.Min(1, data.Row(i)[predicted[i]]);
            logits[i] = calibration.Logit(data.Row(i));
        }

        if (monitor is not null)
        {
            var scored = new float[data.Count];
            monitor.Score(data.Probabilities, data.Count, data.ClassCount, scored, new float[data.Count]);
            TensorPrimitives.ConvertChecked<float, double>(scored, logits);
        }

        return new TraceCondition
        {
            File = trace.Name,
            Name = name,
            Data = data,
            Sources = [.. Enumerable.Range(0, data.Count)],
            MonitorLogits = logits,
            Scores = [.. logits.Select(CorrectnessScore.FromLogit)],
            MonitorStandardError = monitor?.Metadata?.CalibrationStandardError ?? 0,
            Confidences = confidences,
            PredictedClasses = predicted,
            Correct = [.. predicted.Zip(data.Labels, (p, y) => p == y)],
        };
    }

    private static bool[] TurnWrong(bool[] correct, double share, ref SplitMix64 random)
    {
        var shifted = new bool[correct.Length];
        for (var i = 0; i < shifted.Length; i++)
        {
            shifted[i] = correct[i] && random.NextDouble() >= share;
        }

        return shifted;
    }

    private static TraceCondition Resample(TraceCondition clean, string name, ref SplitMix64 random, int[] half)
    {
        var k = clean.Data.ClassCount;
        var rows = new int[clean.Count];
        var data = new ReferenceSet(new float[rows.Length * k], new int[rows.Length], k);
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = i % 2 == 0 ? half[random.NextInt(half.Length)] : random.NextInt(clean.Count);
            clean.Data.Row(rows[i]).CopyTo(data.Probabilities.AsSpan(i * k));
            data.Labels[i] = clean.Data.Labels[rows[i]];
        }

        return clean with
        {
            Name = name,
            Data = data,
            Sources = [.. rows.Select(i => clean.Sources[i])],
            MonitorLogits = [.. rows.Select(i => clean.MonitorLogits[i])],
            Scores = [.. rows.Select(i => clean.Scores[i])],
            Confidences = [.. rows.Select(i => clean.Confidences[i])],
            PredictedClasses = [.. rows.Select(i => clean.PredictedClasses[i])],
            Correct = [.. rows.Select(i => clean.Correct[i])],
        };
    }
}
