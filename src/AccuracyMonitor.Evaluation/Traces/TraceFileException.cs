namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>A trace file cannot be used. The message names the file, the key, the row where there is one, and the bound.</summary>
internal sealed class TraceFileException : Exception
{
    public TraceFileException(string message)
        : base(message)
    {
    }

    public TraceFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
