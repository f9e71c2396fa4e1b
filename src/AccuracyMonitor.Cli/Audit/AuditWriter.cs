using System.Text.Encodings.Web;
using System.Text.Json;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Audit;

/// <summary>Entries of the audit trail as lines of text.</summary>
internal abstract class AuditWriter
{
    private static readonly string[] Columns = ["sequence", "time", "actor", "peer_address", "action", "model", "version", "detail"];

    public static AuditWriter Of(AuditFormat format, TextWriter output) => format == AuditFormat.Jsonl ? new JsonLines(output) : new Csv(output);

    /// <summary>Writes what stands before the first entry.</summary>
    public abstract Task BeginAsync();

    public abstract Task WriteAsync(AuditEntry entry);

    /// <summary>An action that a newer sidecar knows is its number.</summary>
    private static string NameOf(AuditAction action) => JsonNamingPolicy.SnakeCaseLower.ConvertName(action.ToString());

    private static string TimeOf(AuditEntry entry) => entry.Time.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'");

    /// <summary>As RFC 4180 says.</summary>
    private sealed class Csv(TextWriter output) : AuditWriter
    {
        public override Task BeginAsync() => output.WriteLineAsync(string.Join(',', Columns));

        public override Task WriteAsync(AuditEntry e) => output.WriteLineAsync(string.Join(
            ',',
            ((string[])[$"{e.Sequence}", TimeOf(e), e.Actor, e.PeerAddress, NameOf(e.Action), e.Model, e.Version, e.Detail]).Select(Quoted)));

        private static string Quoted(string text) =>
            text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private sealed class JsonLines(TextWriter output) : AuditWriter
    {
        private static readonly JsonSerializerOptions Options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            // The lines are no part of a page of HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

        public override Task BeginAsync() => Task.CompletedTask;

        public override Task WriteAsync(AuditEntry e) => output.WriteLineAsync(JsonSerializer.Serialize(
            new { e.Sequence, Time = TimeOf(e), e.Actor, e.PeerAddress, Action = NameOf(e.Action), e.Model, e.Version, e.Detail }, Options));
    }
}
