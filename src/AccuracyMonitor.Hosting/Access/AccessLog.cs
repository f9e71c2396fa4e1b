namespace AccuracyMonitor.Hosting.Access;

internal static partial class AccessLog
{
    [LoggerMessage(300, LogLevel.Error, "{Setting} has changed and cannot be used, what was read before stays in use: {Message}")]
    public static partial void FileUnusable(ILogger logger, string setting, string message);

    [LoggerMessage(303, LogLevel.Warning, "Access:TokenFile ({Path}) has no token: nobody is let in by one until the file has a line")]
    public static partial void NoTokens(ILogger logger, string path);

    [LoggerMessage(301, LogLevel.Warning, "A JSON Web Token from {Address} is refused: {Message}")]
    public static partial void TokenRefused(ILogger logger, string address, string message);

    [LoggerMessage(302, LogLevel.Warning, "The keys of Access:JwtIssuer could not be fetched from {Address}: {Message}")]
    public static partial void KeysNotFetched(ILogger logger, Uri? address, string message);
}
