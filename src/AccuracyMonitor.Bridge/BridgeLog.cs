namespace AccuracyMonitor.Bridge;

/// <summary>No line has a payload, a token, a class or an annotator; tasks are named by the tool's id.</summary>
internal static partial class BridgeLog
{
    [LoggerMessage(401, LogLevel.Information, "Progress: {Counts}")]
    public static partial void Progress(ILogger logger, string counts);

    [LoggerMessage(402, LogLevel.Warning, "The labelling tool cannot be used; next try in {Seconds:F0} s: {Reason}")]
    public static partial void ToolFailed(ILogger logger, double seconds, string reason);

    [LoggerMessage(403, LogLevel.Warning, "The label queue cannot be used; next try in {Seconds:F0} s: {Reason}")]
    public static partial void QueueFailed(ILogger logger, double seconds, string reason);

    [LoggerMessage(404, LogLevel.Error, "Task {Task} has an answer that the label queue refuses: {Code}")]
    public static partial void AnswerRefused(ILogger logger, string task, V1.OutcomeCode code);

    [LoggerMessage(405, LogLevel.Warning, "{Count} requests are held: {Reason}")]
    public static partial void Held(ILogger logger, int count, string reason);

    [LoggerMessage(413, LogLevel.Warning, "{Count} requests are left to other tools: {Reason}")]
    public static partial void Left(ILogger logger, int count, string reason);

    [LoggerMessage(406, LogLevel.Warning, "Label Studio ignored a filter and sent all tasks; each poll reads the whole project")]
    public static partial void FilterIgnored(ILogger logger);

    [LoggerMessage(407, LogLevel.Warning, "The webhook had been switched off after failures, and is active again")]
    public static partial void HookRearmed(ILogger logger);

    [LoggerMessage(408, LogLevel.Information, "{Note}")]
    public static partial void Note(ILogger logger, string note);

    [LoggerMessage(409, LogLevel.Error, "{Problem}")]
    public static partial void Problem(ILogger logger, string problem);

    [LoggerMessage(410, LogLevel.Information, "Webhooks at {Webhook}, listening on {Address}")]
    public static partial void Listening(ILogger logger, string webhook, string address);

    [LoggerMessage(411, LogLevel.Warning, "A request has two tasks; the one without an annotation, {Task}, is deleted")]
    public static partial void DoubledTask(ILogger logger, string task);

    [LoggerMessage(412, LogLevel.Warning, "Task {Task} could not be handled; the other tasks are: {Reason}")]
    public static partial void TaskFailed(ILogger logger, string task, string reason);
}
