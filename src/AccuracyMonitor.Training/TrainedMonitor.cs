using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Training;

/// <summary>A monitor file with its metadata and the report of its training.</summary>
public sealed record TrainedMonitor(byte[] Onnx, MonitorMetadata Metadata, TrainingReport Report);
