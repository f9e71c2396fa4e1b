using AccuracyMonitor.Core;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Recorded softmax outputs with their labels, under one or more conditions. The format is told by the file's extension: <c>.npz</c>,
/// <c>.parquet</c>, <c>.csv</c>, <c>.jsonl</c> or <c>.ndjson</c> (docs/reference/trace-formats.md).
/// </summary>
internal sealed class TraceFile
{
    /// <summary>The condition that holds labelled held-out data: what a user has before production starts.</summary>
    public const string Reference = "reference";

    private readonly ITraceSource _source;

    private TraceFile(string path, ITraceSource source)
    {
        Path = path;
        _source = source;
        Conditions = [.. source.Conditions.Order(StringComparer.Ordinal)];
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Conditions in ordinal order.</summary>
    public IReadOnlyList<string> Conditions { get; }

    /// <summary>Conditions in the order in which the file has them.</summary>
    public IReadOnlyList<string> FileOrder => _source.Conditions;

    /// <summary>Whether a file's extension is that of a trace.</summary>
    public static bool IsTrace(string path) =>
        System.IO.Path.GetExtension(path).ToUpperInvariant() is ".NPZ" or ".PARQUET" or ".CSV" or ".JSONL" or ".NDJSON";

    /// <summary>Reads the directory of an <c>.npz</c>, and the whole of any other format: its numbers are held (4·n·K bytes), its text is not.</summary>
    /// <exception cref="TraceFileException">Missing, of no known extension, not what the extension says, or without a condition.</exception>
    public static TraceFile Open(string path)
    {
        try
        {
            return new TraceFile(path, System.IO.Path.GetExtension(path).ToUpperInvariant() switch
            {
                ".NPZ" => NpzTrace.Open(path),
                ".PARQUET" => ParquetTrace.Read(path),
                ".CSV" => CsvTrace.Read(path),
                ".JSONL" or ".NDJSON" => JsonLinesTrace.Read(path),
                var other => throw new TraceFileException(
                    $"{path}: extension '{other.ToLowerInvariant()}' is of no trace format; expected .npz, .parquet, .csv, .jsonl or .ndjson."),
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TraceFileException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The labelled rows of one condition, checked. Not to be changed: a later call may return the same.</summary>
    /// <exception cref="TraceFileException">No such condition, an unreadable array, shapes that do not fit, a row that is no softmax vector,
    /// a label outside 0…K−1, or no row with a label.</exception>
    public ReferenceSet Load(string condition)
    {
        CheckKnown(condition);
        return _source.Load(condition);
    }

    /// <summary>Rows of a condition that <see cref="Load"/> leaves out because the file has no label for them.</summary>
    /// <exception cref="TraceFileException">No such condition.</exception>
    public int Unlabelled(string condition)
    {
        CheckKnown(condition);
        return _source.Unlabelled(condition);
    }

    private void CheckKnown(string condition)
    {
        if (!Conditions.Contains(condition, StringComparer.Ordinal))
        {
            throw new TraceFileException($"{Path}: no condition '{condition}'. It has: {string.Join(", ", Conditions)}.");
        }
    }
}
