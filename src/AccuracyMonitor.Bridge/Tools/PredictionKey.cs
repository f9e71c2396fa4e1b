namespace AccuracyMonitor.Bridge.Tools;

/// <summary>Names one prediction, and so one label request and one task.</summary>
internal readonly record struct PredictionKey(string Model, string Version, string PredictionId);
