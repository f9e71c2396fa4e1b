namespace AccuracyMonitor.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(310, LogLevel.Error, "{Worker} ended by a defect and is started again in {Seconds} s; please report it")]
    public static partial void WorkerFailed(ILogger logger, string worker, double seconds, Exception exception);

    [LoggerMessage(311, LogLevel.Warning, "{Count} more lines of event {EventId} were not written: more than 30 a minute")]
    public static partial void LinesSuppressed(ILogger logger, long count, int eventId);

    [LoggerMessage(312, LogLevel.Warning, "{Notice}")]
    public static partial void SettingNotice(ILogger logger, string notice);
}
