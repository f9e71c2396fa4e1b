using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Client;

internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Warning, "Connection to the accuracy monitor at {Address} lost, trying again: {Message}")]
    public static partial void ConnectionLost(ILogger logger, string address, string message);

    [LoggerMessage(2, LogLevel.Warning, "The accuracy monitor refused a batch of {Rows}: {Reason}: {Message}")]
    public static partial void BatchRefused(ILogger logger, int rows, string reason, string message);

    [LoggerMessage(3, LogLevel.Debug, "Prediction {Id} rejected: {Reason}")]
    public static partial void ItemRejected(ILogger logger, string id, string reason);

    [LoggerMessage(4, LogLevel.Error, "A LabelRequested handler failed for prediction {Id}")]
    public static partial void HandlerFailed(ILogger logger, string id, Exception exception);
}
