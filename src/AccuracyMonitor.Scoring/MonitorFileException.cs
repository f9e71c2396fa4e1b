namespace AccuracyMonitor.Scoring;

/// <summary>A monitor file was rejected: truncated, damaged, not a monitor, or of another format or class count. The message says which,
/// with the value found and the bound.</summary>
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
