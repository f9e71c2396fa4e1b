using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>Files that <c>stress</c> reads; full paths.</summary>
internal sealed record StressInputs
{
    /// <summary>Null: the demo's.</summary>
    public string? Classifier { get; init; }

    /// <summary>Null: the demo's test images.</summary>
    public string? Images { get; init; }

    public string? Labels { get; init; }

    /// <summary>Null: the demo's, or of the images themselves.</summary>
    public string? Reference { get; init; }

    /// <summary>What the user says about the reference.</summary>
    public TraceOptions Reading { get; init; } = new();

    /// <summary>The value that the classifier takes for white.</summary>
    public double White { get; init; } = 1;
}
