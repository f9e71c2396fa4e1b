using System.Text;

namespace AccuracyMonitor.Runs.Tables;

/// <summary>A file of a table, in the format that its ending names. It is there completely or not at all.</summary>
internal static class TableFile
{
    /// <exception cref="ArgumentException">Another ending.</exception>
    public static void CheckEnding(string path) => _ = FormatOf(path);

    /// <param name="path">Replaced when it is there.</param>
    /// <param name="columns">Of the table.</param>
    /// <param name="rows">Each has a value for each column, in order.</param>
    public static async Task WriteAsync(string path, IReadOnlyList<TableColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows)
    {
        var text = FormatOf(path);
        var unfinished = $"{path}.{Environment.ProcessId}.unfinished";
        try
        {
            await using (var stream = File.Create(unfinished))
            {
                // With a byte-order mark: Excel takes CSV without one for the system's old encoding.
                await using var output = new StreamWriter(stream, new UTF8Encoding(text == TextFormat.Csv)) { NewLine = "\n" };
                await using var writer = text is { } format ? TableWriter.Of(format, output, columns) : new ParquetTableWriter(stream, columns);
                await writer.WriteAsync(rows);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <returns>Null for Parquet.</returns>
    private static TextFormat? FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => TextFormat.Csv,
        ".JSONL" or ".NDJSON" => TextFormat.Jsonl,
        ".PARQUET" => null,
        var other => throw new ArgumentException($"{path} ends with '{other}'; it must be .csv, .jsonl, .ndjson or .parquet."),
    };
}
