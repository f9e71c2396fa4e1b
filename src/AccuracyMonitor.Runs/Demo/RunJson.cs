using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>The run as JSON, for other tools.</summary>
internal static class RunJson
{
    public static void Write(string path, DemoOptions options, RunSummary summary, IReadOnlyList<RunPoint> points)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, new RunDocument(options, summary, points), RunJsonContext.Default.RunDocument);
    }
}

internal sealed record RunDocument(DemoOptions Options, RunSummary Summary, IReadOnlyList<RunPoint> Windows);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(RunPointJson)])]
[JsonSerializable(typeof(RunDocument))]
internal sealed partial class RunJsonContext : JsonSerializerContext;
