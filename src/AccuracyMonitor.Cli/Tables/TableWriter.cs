using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccuracyMonitor.Cli.Tables;

/// <summary>Rows with named columns as a file or a stream of text. A value is a text, a number, a list of floats or null.</summary>
internal abstract class TableWriter : IAsyncDisposable
{
    public static TableWriter Of(TextFormat format, TextWriter output, IReadOnlyList<string> columns) =>
        format == TextFormat.Jsonl ? new JsonLines(output, columns) : new Csv(output, columns);

    /// <summary>Writes what stands before the first row.</summary>
    public abstract Task BeginAsync();

    /// <param name="row">A value for each column, in order.</param>
    public abstract Task WriteAsync(IReadOnlyList<object?> row);

    /// <summary>Writes what stands after the last row.</summary>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>As RFC 4180 says. A list of numbers is a JSON array in one field.</summary>
    private sealed class Csv(TextWriter output, IReadOnlyList<string> columns) : TableWriter
    {
        public override Task BeginAsync() => output.WriteLineAsync(string.Join(',', columns));

        public override Task WriteAsync(IReadOnlyList<object?> row) => output.WriteLineAsync(string.Join(',', row.Select(Text).Select(Quoted)));

        private static string Text(object? value) =>
            value is float[] list ? JsonSerializer.Serialize(list) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

        private static string Quoted(string text) =>
            text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private sealed class JsonLines(TextWriter output, IReadOnlyList<string> columns) : TableWriter
    {
        private static readonly JsonSerializerOptions Options = new()
        {
            // The lines are no part of a page of HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

        public override Task BeginAsync() => Task.CompletedTask;

        public override Task WriteAsync(IReadOnlyList<object?> row) => output.WriteLineAsync(JsonSerializer.Serialize(
            new OrderedDictionary<string, object?>(columns.Zip(row, (name, value) => KeyValuePair.Create(name, value)), StringComparer.Ordinal), Options));
    }
}
