using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Training;

/// <summary>A monitor file with what it says of itself and how it was trained.</summary>
public sealed record TrainedMonitor(byte[] Onnx, MonitorMetadata Metadata, TrainingReport Report);
