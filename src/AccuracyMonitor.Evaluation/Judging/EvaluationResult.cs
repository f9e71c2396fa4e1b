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
/// <param name="File">Trace, without path and extension.</param>
/// <param name="Condition">Its name.</param>
/// <param name="Family">The name without a severity.</param>
/// <param name="Count">Recorded rows.</param>
/// <param name="Classes">K.</param>
/// <param name="Accuracy">Of all rows.</param>
/// <param name="UniformError">Mean square error of simple random sampling with the same windows and budget, exactly: θ(1−θ)/m·(N−m)/(N−1).</param>
/// <param name="Methods">By identifier, in the order of <see cref="EstimatorTable"/>.</param>
/// <param name="Scores">How well each correctness score ranks.</param>
/// <param name="Examples">The first window, for plots.</param>
/// <param name="Reliability">Scores and outcomes in bins, for plots.</param>
internal sealed record ConditionResult(
    string File, string Condition, string Family, int Count, int Classes, double Accuracy, double UniformError,
    IReadOnlyList<(string Method, Tally Tally)> Methods,
    IReadOnlyList<ScoreResult> Scores, IReadOnlyList<Example> Examples, IReadOnlyList<ScoreBin> Reliability)
{
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
