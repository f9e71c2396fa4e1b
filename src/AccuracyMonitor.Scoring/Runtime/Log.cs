using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Scoring.Runtime;

internal static partial class Log
{
    [LoggerMessage(EventId = 3101, Level = LogLevel.Information, Message = "Scoring on the CPU: {Reason}")]
    public static partial void FallsBackToCpu(ILogger logger, string reason);
}
