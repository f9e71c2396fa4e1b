using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>The replay as JSON, for other tools. A field may be added to a schema version, never changed or taken away.</summary>
internal static class ReplayJson
{
    public const string Schema = "accuracy-monitor/replay/1";

    public static void Write(string path, ReplayOptions options, ReplaySummary summary, IReadOnlyList<RunPoint> points)
    {
        using var file = File.Create(path);
        var document = new ReplayDocument(Schema, options, summary, points);
        JsonSerializer.Serialize(file, document, ReplayJsonContext.Default.ReplayDocument);
    }
}

internal sealed record ReplayDocument(string Schema, ReplayOptions Options, ReplaySummary Summary, IReadOnlyList<RunPoint> Points);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(RunPointJson)])]
[JsonSerializable(typeof(ReplayDocument))]
internal sealed partial class ReplayJsonContext : JsonSerializerContext;
