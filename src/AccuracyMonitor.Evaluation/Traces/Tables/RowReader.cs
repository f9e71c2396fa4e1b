namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>Reads a table row by row as named cells. What a column means is not known here. One implementation per format.</summary>
internal abstract class RowReader(string path) : IDisposable
{
    /// <summary>Columns so far. JSON may bring new ones with any row; they are added at the end.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>What a row is numbered by: "line" or "row".</summary>
    public abstract string Unit { get; }

    /// <summary>Whether rows may bring a label for the prediction of an earlier row, as a log does.</summary>
    public virtual bool IsLog => false;

    /// <summary>How the text is cut into columns; null where there is nothing to tell.</summary>
    public virtual string? Dialect => null;

    /// <summary>Of the current row.</summary>
    public abstract long Number { get; }

    public string Path => path;

    /// <summary>The current row's value of a column. A column that the row does not have is empty.</summary>
    public abstract Cell this[int column] { get; }

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="TraceFileException">A defect. If it is of one row, the next call goes on behind it.</exception>
    public abstract bool Read();

    public TraceFileException Defect(string text) => TraceFileException.OfRow($"{path}: {Unit} {Number}: {text}.");

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
