namespace AccuracyMonitor.Hosting.Access;

internal static partial class AccessLog
{
    [LoggerMessage(300, LogLevel.Error, "{Setting} has changed and cannot be used, what was read before stays in use: {Message}")]
    public static partial void FileUnusable(ILogger logger, string setting, string message);
}
