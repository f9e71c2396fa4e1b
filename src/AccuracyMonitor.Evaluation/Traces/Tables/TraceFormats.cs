namespace AccuracyMonitor.Evaluation.Traces.Tables;

internal enum TraceFormat
{
    Csv,
    Json,
    Parquet,
    Npz,
}

/// <summary>The format that the name of a file tells, whether or not it is compressed.</summary>
internal static class TraceFormats
{
    public const string Expected = ".npz, .parquet, .csv, .tsv, .jsonl, .ndjson or .json, also with .gz or .zst behind";

    /// <summary>Null: of no trace format.</summary>
    public static TraceFormat? Of(string path) => Path.GetExtension(Bare(path)).ToUpperInvariant() switch
    {
        ".NPZ" => TraceFormat.Npz,
        ".PARQUET" => TraceFormat.Parquet,
        ".CSV" or ".TSV" => TraceFormat.Csv,
        ".JSONL" or ".NDJSON" or ".JSON" => TraceFormat.Json,
        _ => null,
    };

    /// <summary>The path without the extension of a compression.</summary>
    public static string Bare(string path) => Path.GetExtension(path).ToUpperInvariant() is ".GZ" or ".ZST" or ".ZSTD" ? path[..path.LastIndexOf('.')] : path;
}
