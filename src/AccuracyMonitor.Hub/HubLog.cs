namespace AccuracyMonitor.Hub;

/// <summary>Every line that the hub writes to the log.</summary>
internal static partial class HubLog
{
    [LoggerMessage(320, LogLevel.Debug, "Schema: {Message}")]
    public static partial void Schema(ILogger logger, string message);

    [LoggerMessage(321, LogLevel.Information, "Reports and health on {Address} (gRPC)")]
    public static partial void ListeningGrpc(ILogger logger, string address);

    [LoggerMessage(322, LogLevel.Information, "Metrics on {Address}/metrics, estimates on {Address}/estimates")]
    public static partial void ListeningHttp(ILogger logger, string address);

    [LoggerMessage(323, LogLevel.Warning, "{Use} takes calls beyond this machine from anybody (Listen:AllowAnonymous)")]
    public static partial void Anonymous(ILogger logger, string use);

    [LoggerMessage(324, LogLevel.Error, "{Work} failed and will be tried again: {Message}")]
    public static partial void WorkFailed(ILogger logger, string work, string message, Exception? exception);

    [LoggerMessage(325, LogLevel.Error, "{Method} failed unexpectedly ({Id})")]
    public static partial void CallFailed(ILogger logger, string method, string id, Exception exception);

    [LoggerMessage(326, LogLevel.Warning, "{Count} changes of source {Source} ({Instance}) are refused, the first: {Field}: {Reason}")]
    public static partial void Refused(ILogger logger, long count, Guid source, string instance, string field, string reason);

    [LoggerMessage(327, LogLevel.Error, "Listen:Tls files cannot be used; the previous ones stay in use: {Message}")]
    public static partial void TlsFilesUnusable(ILogger logger, string message);

    [LoggerMessage(328, LogLevel.Information, "Days older than {Before:yyyy-MM-dd} are deleted: {Tables}")]
    public static partial void Dropped(ILogger logger, DateTimeOffset before, string tables);

    [LoggerMessage(309, LogLevel.Warning, "Report {Number} of source {Source} ({Instance}) was acknowledged and is not stored: the database was set back")]
    public static partial void ReportsLost(ILogger logger, Guid source, string instance, string number);
}
