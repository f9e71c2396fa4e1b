using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring;

/// <summary>How a monitor is loaded.</summary>
/// <param name="Provider">Execution provider.</param>
/// <param name="IntraOpThreads">Threads of one scoring call, at least 1. One is best, because a batch is too small to divide.</param>
/// <param name="ClassCount">Required K; null: any.</param>
public sealed record ScorerOptions(ExecutionProvider Provider = ExecutionProvider.Auto, int IntraOpThreads = 1, int? ClassCount = null)
{
    /// <summary>Checked before the weights are copied and before ONNX Runtime sees the graph. Default: no bound, for files of one's own.</summary>
    public MonitorBounds? Bounds { get; init; }
}
