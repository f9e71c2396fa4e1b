using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Everything that an evaluation found.</summary>
/// <param name="Conditions">In the order of files and conditions.</param>
/// <param name="Alarms">Where they were asked for.</param>
/// <param name="Failures">Files that could not be judged.</param>
internal sealed record EvaluationResult(
    IReadOnlyList<ConditionResult> Conditions, IReadOnlyList<AlarmResult> Alarms, IReadOnlyList<FileFailure> Failures);

/// <summary>One condition.</summary>
internal sealed record ConditionResult
{
    /// <summary>Trace, without path and extension.</summary>
    public required string File { get; init; }

    /// <summary>Name of the condition.</summary>
    public required string Condition { get; init; }

    /// <summary>The name without a severity.</summary>
    public required string Family { get; init; }

    /// <summary>Recorded rows.</summary>
    public required int Count { get; init; }

    /// <summary>K.</summary>
    public required int Classes { get; init; }

    /// <summary>Accuracy over all recorded rows.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean square error of simple random sampling with the same windows and budget, exactly: θ(1−θ)/m·(N−m)/(N−1).</summary>
    public required double UniformError { get; init; }

    /// <summary>By identifier, in the order of <see cref="EstimatorTable"/>.</summary>
    public required IReadOnlyList<(string Method, Tally Tally)> Methods { get; init; }

    /// <summary>How well each correctness score ranks.</summary>
    public required IReadOnlyList<ScoreResult> Scores { get; init; }

    /// <summary>The first window, for plots.</summary>
    public required IReadOnlyList<Example> Examples { get; init; }

    /// <summary>Scores and outcomes in bins, for plots.</summary>
    public required IReadOnlyList<ScoreBin> Reliability { get; init; }

    public Tally? Of(string method)
    {
        foreach (var (name, tally) in Methods)
        {
            if (string.Equals(name, method, StringComparison.Ordinal))
            {
                return tally;
            }
        }

        return null;
    }
}

/// <summary>How well a score tells right from wrong. NaN where everything is right, or wrong.</summary>
internal sealed record ScoreResult(string Score, double Auroc, double ErrorAveragePrecision, double FalsePositiveRate);

/// <summary>What a method said of a condition's first window.</summary>
internal sealed record Example(string Method, double Truth, double Value, Interval? Bounds);

/// <summary>Predictions of like score.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScoreBin(string Score, double MeanScore, double Accuracy, double Count);

/// <summary>A file that could not be judged, and why.</summary>
internal sealed record FileFailure(string File, string Error);
