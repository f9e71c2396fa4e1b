using AccuracyMonitor.Core;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>What the hub is told of a model version.</summary>
/// <param name="MeanScoreStandardError">See <see cref="Models.MonitorSnapshot.MeanScoreStandardError"/>.</param>
internal sealed record ModelReport(ModelKey Key, int ClassCount, string MonitorVersion, bool MonitorValid, double MeanScoreStandardError)
{
    /// <summary>Number of the change that made it so.</summary>
    public long Change { get; init; }
}
