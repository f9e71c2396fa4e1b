namespace AccuracyMonitor.Hosting.Access;

internal static partial class AccessLog
{
    [LoggerMessage(300, LogLevel.Error, "{Setting} has changed and cannot be used, what was read before stays in use: {Message}")]
    public static partial void FileUnusable(ILogger logger, string setting, string message);

    [LoggerMessage(301, LogLevel.Warning, "A JSON Web Token from {Address} is refused: {Message}")]
    public static partial void TokenRefused(ILogger logger, string address, string message);

    [LoggerMessage(302, LogLevel.Warning, "The keys of Access:JwtIssuer could not be fetched from {Address}: {Message}")]
    public static partial void KeysNotFetched(ILogger logger, Uri? address, string message);
}
