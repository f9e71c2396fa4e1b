using System.Numerics.Tensors;
using AccuracyMonitor.Cli.Traces;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Transfer;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>Makes regimes of a trace file: its own conditions, and shifts of the clean one that are known exactly.</summary>
internal static class RegimeReader
{
    private const string Clean = "clean";

    // SCIENCE 4: right answers turned wrong whatever the confidence, and half of the window from the least confident fifth.
    private static readonly double[] ConceptShares = [0.03, 0.1];

    /// <param name="trace">Needs the condition "reference" unless there is a monitor.</param>
    /// <param name="monitor">Null: the maximum softmax, calibrated on the reference.</param>
    /// <param name="seed">Of the simulated shifts.</param>
    /// <exception cref="TraceFileException">The file cannot be used.</exception>
    public static IEnumerable<Regime> Read(TraceFile trace, IMonitorScorer? monitor, int seed)
    {
        var calibration = monitor is null ? ScoreCalibration.Fit(trace.Load(TraceFile.Reference)) : ScoreCalibration.Identity;
        foreach (var condition in trace.Conditions)
        {
            if (string.Equals(condition, TraceFile.Reference, StringComparison.Ordinal))
            {
                continue;
            }

            var isClean = string.Equals(condition, Clean, StringComparison.Ordinal);
            var regime = Score(trace, condition, isClean ? Clean : Regime.Shifted, calibration, monitor);
            yield return regime;
            if (!isClean)
            {
                continue;
            }

            var random = new SplitMix64(Seeds.Of(seed, trace.Name, "shifts"));
            foreach (var share in ConceptShares)
            {
                yield return regime with
                {
                    Condition = $"concept_{share:P0}".Replace(" ", "", StringComparison.Ordinal),
                    Family = "concept",
                    Correct = TurnWrong(regime.Correct, share, ref random),
                };
            }

            yield return Covariate(regime, ref random);
        }
    }

    private static Regime Score(TraceFile trace, string condition, string family, ScoreCalibration calibration, IMonitorScorer? monitor)
    {
        var data = trace.Load(condition);
        if (data.Count == 0)
        {
            throw new TraceFileException($"{trace.Path}: condition '{condition}' has no row; at least 1 is needed.");
        }

        if (monitor?.ClassCount is { } classes && classes != data.ClassCount)
        {
            throw new TraceFileException($"{trace.Path}: condition '{condition}' has {data.ClassCount} classes; the monitor reads {classes}.");
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

        return new Regime
        {
            File = trace.Name,
            Condition = condition,
            Family = family,
            Data = data,
            Rows = [.. Enumerable.Range(0, data.Count)],
            MonitorLogits = logits,
            Scores = [.. logits.Select(logit => 1 / (1 + Math.Exp(-logit)))],
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

    private static Regime Covariate(Regime clean, ref SplitMix64 random)
    {
        var doubtful = Enumerable.Range(0, clean.Count).OrderBy(i => clean.Scores[i]).Take(Math.Max(1, clean.Count / 5)).ToArray();
        var pick = new int[clean.Count];
        for (var i = 0; i < pick.Length; i++)
        {
            pick[i] = i % 2 == 0 ? doubtful[random.NextInt(doubtful.Length)] : random.NextInt(clean.Count);
        }

        return clean with
        {
            Condition = "covariate",
            Family = "covariate",
            Rows = [.. pick.Select(i => clean.Rows[i])],
            MonitorLogits = [.. pick.Select(i => clean.MonitorLogits[i])],
            Scores = [.. pick.Select(i => clean.Scores[i])],
            Confidences = [.. pick.Select(i => clean.Confidences[i])],
            PredictedClasses = [.. pick.Select(i => clean.PredictedClasses[i])],
            Correct = [.. pick.Select(i => clean.Correct[i])],
        };
    }
}
