using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>Predictions that are read from a file.</summary>
/// <param name="Path">Of the file or the partitioned folder; any trace format but .npz.</param>
/// <param name="Reading">What the user says about it.</param>
/// <param name="Monitor">File of a monitor (ONNX) that scores the rows; null: the largest softmax is the score.</param>
internal sealed record OfflineInput(string Path, TraceOptions Reading, string? Monitor);
