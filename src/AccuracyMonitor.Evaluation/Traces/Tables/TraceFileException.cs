namespace AccuracyMonitor.Evaluation.Traces.Tables;

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

    private TraceFileException(string message, bool ofRow)
        : base(message) => IsOfRow = ofRow;

    /// <summary>Whether the rows behind can still be read.</summary>
    public bool IsOfRow { get; }

    public static TraceFileException OfRow(string message) => new(message, ofRow: true);
}
