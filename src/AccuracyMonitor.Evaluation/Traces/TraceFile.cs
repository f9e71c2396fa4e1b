using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Recorded softmax outputs with their labels, under one or more conditions. The format is told by the file's extension
/// (docs/reference/trace-formats.md).
/// </summary>
internal sealed class TraceFile
{
    /// <summary>The condition that holds labelled held-out data: what a user has before production starts.</summary>
    public const string Reference = "reference";

    /// <summary>Extensions of the formats, for messages.</summary>
    public const string Formats = TraceFormats.Expected;

    private readonly ITraceSource _source;

    private TraceFile(string path, ITraceSource source)
    {
        Path = path;
        _source = source;
        Conditions = [.. source.Conditions.Order(StringComparer.Ordinal)];
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(TraceFormats.Bare(Path.TrimEnd('/')));

    /// <summary>False: the file names no condition, and its rows are <see cref="Reference"/>.</summary>
    public bool NamesConditions => _source.NamesConditions;

    public TraceUnderstanding Understood => _source.Understood;

    /// <summary>Conditions in ordinal order.</summary>
    public IReadOnlyList<string> Conditions { get; }

    /// <summary>Conditions in the order in which the file has them.</summary>
    public IReadOnlyList<string> FileOrder => _source.Conditions;

    /// <summary>Whether a file's extension is that of a trace.</summary>
    public static bool IsTrace(string path) => TraceFormats.Of(path) is not null;

    /// <summary>The traces of a folder, but for files whose name begins with <c>.</c> or <c>_</c>.</summary>
    public static IReadOnlyList<string> InFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(f => IsTrace(f) && !TracePart.IsBookkeeping(System.IO.Path.GetFileName(f))).Order(StringComparer.Ordinal)];

    /// <summary>Whether a folder is one trace, with its files in folders that are called <c>key=value</c>.</summary>
    public static bool IsPartitioned(string folder) => TracePart.IsPartitioned(folder);

    /// <summary>Reads the directory of an <c>.npz</c>, and the whole of any other format: its numbers are held (4·n·K bytes), its text is not.</summary>
    /// <exception cref="TraceFileException">Missing, of no known extension, not what the extension says, or without a condition.</exception>
    public static TraceFile Open(string path, TraceOptions? options = null) => Guard(path, () => new TraceFile(
        path, TraceFormats.Of(path) == TraceFormat.Npz && !Directory.Exists(path)
            ? NpzTrace.Open(path, options?.Labels is null ? options ?? new TraceOptions()
                : throw new TraceFileException($"{path}: an .npz has no ids that --labels could be joined by; save it as Parquet or CSV with a column 'id'."))
            : TraceBuilder.Read(path, options ?? new TraceOptions())));

    /// <summary>Turns what reading and unpacking throw into an error that names the file.</summary>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException and not EndOfStreamException))
        {
            throw new TraceFileException($"{path}: cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException)
        {
            throw new TraceFileException($"{path}: cannot be unpacked: {e.Message}", e);
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
