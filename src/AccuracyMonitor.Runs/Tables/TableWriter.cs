using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccuracyMonitor.Runs.Tables;

/// <summary>Writes rows with named columns, as text or as Parquet.</summary>
internal abstract class TableWriter : IAsyncDisposable
{
    public static TableWriter Of(TextFormat format, TextWriter output, IReadOnlyList<TableColumn> columns) =>
        format == TextFormat.Jsonl ? new JsonLines(output, columns) : new Csv(output, columns);

    /// <param name="rows">Each has a value for each column, in order.</param>
    public async Task WriteAsync(IAsyncEnumerable<IReadOnlyList<object?>> rows)
    {
        await using var reading = rows.GetAsyncEnumerator();

        // Before the header: where nothing can be read, nothing is written.
        var any = await reading.MoveNextAsync();
        await BeginAsync();
        for (; any; any = await reading.MoveNextAsync())
        {
            await WriteRowAsync(reading.Current);
        }

        await EndAsync();
    }

    /// <summary>Writes what stands before the first row.</summary>
    protected virtual Task BeginAsync() => Task.CompletedTask;

    protected abstract Task WriteRowAsync(IReadOnlyList<object?> row);

    /// <summary>Writes what stands after the last row.</summary>
    protected virtual Task EndAsync() => Task.CompletedTask;

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// As RFC 4180 says; a list of numbers is a JSON array in one field. Text that a spreadsheet would calculate has an apostrophe before it, since the
    /// applications that choose ids are not those who open the file. <c>labels import</c> takes it off.
    /// </summary>
    private sealed class Csv(TextWriter output, IReadOnlyList<TableColumn> columns) : TableWriter
    {
        protected override Task BeginAsync() => output.WriteLineAsync(string.Join(',', columns.Select(c => c.Name)));

        protected override Task WriteRowAsync(IReadOnlyList<object?> row) => output.WriteLineAsync(string.Join(',', row.Select(Text).Select(Quoted)));

        private static string Text(object? value) => value switch
        {
            float[] list => JsonSerializer.Serialize(list),
            string text => SpreadsheetText.Protect(text),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

        private static string Quoted(string text) =>
            text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private sealed class JsonLines(TextWriter output, IReadOnlyList<TableColumn> columns) : TableWriter
    {
        private static readonly JsonSerializerOptions Options = new()
        {
            // The lines are no part of a page of HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

        protected override Task WriteRowAsync(IReadOnlyList<object?> row) => output.WriteLineAsync(JsonSerializer.Serialize(
            new OrderedDictionary<string, object?>(columns.Zip(row, (c, value) => KeyValuePair.Create(c.Name, value)), StringComparer.Ordinal), Options));
    }
}

internal enum TextFormat
{
    Csv,
    Jsonl,
}
