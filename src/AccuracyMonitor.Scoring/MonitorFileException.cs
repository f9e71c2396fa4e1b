namespace AccuracyMonitor.Scoring;

/// <summary>A monitor file is refused: truncated, foreign, damaged, of another format or for another class count. The message says which,
/// what was found and the bound.</summary>
public sealed class MonitorFileException : Exception
{
    public MonitorFileException()
    {
    }

    public MonitorFileException(string message)
        : base(message)
    {
    }

    public MonitorFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
