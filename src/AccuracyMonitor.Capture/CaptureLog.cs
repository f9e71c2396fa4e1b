namespace AccuracyMonitor.Capture;

internal static partial class CaptureLog
{
    [LoggerMessage(131, LogLevel.Error,
        "{Count} events since the last such line could not be read because of a defect in the sink; they were counted, and the sink goes on")]
    public static partial void EventFailed(ILogger logger, long count, Exception exception);

    [LoggerMessage(132, LogLevel.Error,
        "The inputs of {Count} requests since the last such line were not attached because of a defect; they were counted, and the capture goes on")]
    public static partial void InputsFailed(ILogger logger, long count, Exception exception);

    [LoggerMessage(140, LogLevel.Information, "Tap: {Protocol} on {Address}")]
    public static partial void ListeningTap(ILogger logger, string protocol, string address);

    [LoggerMessage(141, LogLevel.Error,
        "{Count} answers or connections since the last such line could not be read because of a defect in the tap; they were counted, and the tap goes on")]
    public static partial void AnswerFailed(ILogger logger, long count, Exception exception);

    [LoggerMessage(
        142, LogLevel.Warning,
        "The model server gave no usable metadata of {Model} version '{Version}' ({Count} look-ups failed since the last such line); the output is chosen "
            + "from each answer: {Message}")]
    public static partial void NoMetadata(ILogger logger, string model, string version, long count, string message);

    [LoggerMessage(145, LogLevel.Error, "Tap:UpstreamAuthorityFile has changed and cannot be used, what was read before stays in use: {Message}")]
    public static partial void AuthorityFileUnusable(ILogger logger, string message);

    [LoggerMessage(144, LogLevel.Warning, "{Count} connections did not get through to the model server at {Address} since the last such line: {Message}")]
    public static partial void Unreachable(ILogger logger, long count, string address, string message);
}
