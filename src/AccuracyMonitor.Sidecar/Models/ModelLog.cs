namespace AccuracyMonitor.Sidecar.Models;

internal static partial class ModelLog
{
    [LoggerMessage(109, LogLevel.Warning, "The monitor file for {Model} is not used; the maximum softmax is used instead: {Message}")]
    public static partial void MonitorUnusable(ILogger logger, string model, string message);
}
