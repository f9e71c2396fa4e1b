namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>One file of a trace.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Keys">Columns that the names of its folders give, as <c>condition=clean</c>.</param>
internal sealed record TracePart(string Path, IReadOnlyList<(string Name, string Value)> Keys)
{
    /// <summary>The file, or the files of a folder that is partitioned by <c>key=value</c> folders, in the order of their names. What begins with
    /// <c>_</c> or <c>.</c> is the bookkeeping of the program that wrote them, as in Spark and Hive.</summary>
    public static IReadOnlyList<TracePart> Of(string path)
    {
        if (!Directory.Exists(path))
        {
            return [new TracePart(path, [])];
        }

        TracePart[] parts =
        [
            .. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(f => TraceFormats.Of(f) is { } format && format != TraceFormat.Npz && !IsBookkeeping(System.IO.Path.GetRelativePath(path, f)))
                .Order(StringComparer.Ordinal).Select(f => new TracePart(f, KeysOf(System.IO.Path.GetRelativePath(path, f)))),
        ];
        return parts.Length > 0 ? parts : throw new TraceFileException($"{path}: is a folder without a {TraceFormats.Expected} in it.");
    }

    public static bool IsPartitioned(string folder) =>
        Directory.EnumerateDirectories(folder).Select(System.IO.Path.GetFileName)
            .Any(name => name!.Contains('=', StringComparison.Ordinal) && !name.StartsWith('.'));

    /// <param name="delimiter">Of delimited text; null: told by the header.</param>
    /// <exception cref="TraceFileException">It can't be read.</exception>
    public RowReader Open(char? delimiter)
    {
        RowReader rows = TraceFormats.Of(Path) switch
        {
            TraceFormat.Csv => new CsvRows(Path, TraceContainer.Open(Path), delimiter),
            TraceFormat.Json => new JsonRows(Path, TraceContainer.Open(Path)),
            TraceFormat.Parquet => new ParquetTable(Path, TraceContainer.OpenSeekable(Path)),
            _ => throw new TraceFileException($"{Path}: extension '{System.IO.Path.GetExtension(Path).ToLowerInvariant()}' is of no trace format; expected "
                + $"{TraceFormats.Expected}."),
        };
        return Keys.Count == 0 ? rows : new PartitionedRows(rows, Keys);
    }

    /// <summary>Whether a folder or the file begins with <c>.</c> or <c>_</c>. A folder <c>_key=value</c> is a partition all the same.</summary>
    public static bool IsBookkeeping(string relative)
    {
        var parts = relative.Split(System.IO.Path.DirectorySeparatorChar);
        return parts.Where((part, i) => part.StartsWith('.')
            || (part.StartsWith('_') && (i == parts.Length - 1 || !part.Contains('=', StringComparison.Ordinal)))).Any();
    }

    private static (string, string)[] KeysOf(string relative) =>
    [
        .. (System.IO.Path.GetDirectoryName(relative) ?? "").Split(System.IO.Path.DirectorySeparatorChar)
            .Select(folder => folder.Split('=', 2)).Where(pair => pair.Length == 2)
            .Select(pair => (Uri.UnescapeDataString(pair[0]), pair[1] == "__HIVE_DEFAULT_PARTITION__" ? "" : Uri.UnescapeDataString(pair[1]))),
    ];
}
