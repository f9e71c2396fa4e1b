using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Client;

internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Warning, "Connection to the accuracy monitor at {Address} lost, trying again: {Message}")]
    public static partial void ConnectionLost(ILogger logger, string address, string message);

    [LoggerMessage(2, LogLevel.Debug, "The accuracy monitor refused a batch of {Rows}: {Reason}: {Message}")]
    public static partial void BatchRefused(ILogger logger, int rows, string reason, string message);

    [LoggerMessage(3, LogLevel.Debug, "Prediction {Id} rejected: {Reason}")]
    public static partial void ItemRejected(ILogger logger, string id, string reason);

    [LoggerMessage(5, LogLevel.Warning,
        "The accuracy monitor rejected {Rejected} predictions of {Model} in the last {Seconds:F0} s and accepted {Accepted}. Reasons: {Reasons}")]
    public static partial void Rejected(ILogger logger, long rejected, string model, double seconds, long accepted, string reasons);

    [LoggerMessage(6, LogLevel.Warning,
        "The accuracy monitor refused whole batches, {Refused} predictions of {Model}, in the last {Seconds:F0} s. Reasons: {Reasons}")]
    public static partial void Refused(ILogger logger, long refused, string model, double seconds, string reasons);

    [LoggerMessage(7, LogLevel.Warning, "{Dropped} predictions of {Model} were dropped in the last {Seconds:F0} s and not monitored. Reasons: {Reasons}")]
    public static partial void Dropped(ILogger logger, long dropped, string model, double seconds, string reasons);

    [LoggerMessage(8, LogLevel.Debug, "The input of prediction {Id} was not attached: {Reason}")]
    public static partial void InputRefused(ILogger logger, string id, string reason);

    [LoggerMessage(4, LogLevel.Error, "A LabelRequested handler failed for prediction {Id}")]
    public static partial void HandlerFailed(ILogger logger, string id, Exception exception);
}
