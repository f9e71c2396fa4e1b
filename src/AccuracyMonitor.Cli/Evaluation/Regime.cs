using AccuracyMonitor.Core;

namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>
/// One condition of a trace, scored by its monitor: the population windows are drawn from. Row i is row <c>Rows[i]</c> of
/// <see cref="Data"/>, so that a simulated regime shares the recorded vectors.
/// </summary>
internal sealed record Regime
{
    public const string Shifted = "shifted";

    public required string File { get; init; }

    public required string Condition { get; init; }

    /// <summary><c>clean</c>, <c>shifted</c>, or a shift made of the clean data: <c>covariate</c>, <c>concept</c>.</summary>
    public required string Family { get; init; }

    public bool IsRecordedShift => string.Equals(Family, Shifted, StringComparison.Ordinal);

    public required ReferenceSet Data { get; init; }

    public required int[] Rows { get; init; }

    /// <summary>Logit of the monitor, one per row.</summary>
    public required double[] MonitorLogits { get; init; }

    /// <summary>g, one per row.</summary>
    public required double[] Scores { get; init; }

    public required double[] Confidences { get; init; }

    public required int[] PredictedClasses { get; init; }

    public required bool[] Correct { get; init; }

    public int Count => Rows.Length;

    public double Accuracy => Correct.Count(c => c) / (double)Correct.Length;
}
