using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>What to simulate.</summary>
internal sealed record EvaluationOptions
{
    public required LabelBudget Budget { get; init; }

    /// <summary>Predictions a window; null: every row of the condition, once.</summary>
    public int? Window { get; init; }

    /// <summary>Draws per condition, at least 1.</summary>
    public required int Repeats { get; init; }

    public required int Seed { get; init; }

    /// <summary>Error level of the intervals.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Labels that earlier windows of the same condition have given before the judged window begins; 0: each window alone.</summary>
    public int EarlierLabels { get; init; }

    /// <summary>Identifiers out of <see cref="EstimatorTable.Names"/>.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>What the user says about the files.</summary>
    public TraceOptions Traces { get; init; } = new();

    /// <summary>Also judge shifts made of the condition <c>clean</c>.</summary>
    public bool Simulate { get; init; }
}
