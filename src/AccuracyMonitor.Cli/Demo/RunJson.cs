using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccuracyMonitor.Cli.Demo;

/// <summary>The run as JSON, for other tools.</summary>
internal static class RunJson
{
    public static void Write(string path, DemoOptions options, RunSummary summary, IReadOnlyList<RunPoint> points)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, new RunDocument(options, summary, [.. points.Select(RunPointRow.From)]), RunJsonContext.Default.RunDocument);
    }
}

internal sealed record RunDocument(DemoOptions Options, RunSummary Summary, IReadOnlyList<RunPointRow> Windows);

/// <summary>One window; numbers that were not published are null.</summary>
internal sealed record RunPointRow(
    double Seconds,
    string Regime,
    double Truth,
    double Confidence,
    double? LabelFree,
    string LabelFreeState,
    double? Audited,
    double? AuditedLower,
    double? AuditedUpper,
    string AuditedState,
    long Predictions,
    long Labels,
    bool MonitorValid,
    string MonitorVersion,
    bool AccuracyAlarm,
    double AccuracyEvidence,
    bool ValidityAlarm,
    double ValidityEvidence)
{
    public static RunPointRow From(RunPoint point) => new(
        point.At.TotalSeconds,
        point.Regime.Name,
        point.Truth,
        point.Confidence,
        Finite(point.LabelFree.Value),
        point.LabelFree.State.ToString(),
        Finite(point.Audited.Value),
        Finite(point.Audited.Lower),
        Finite(point.Audited.Upper),
        point.Audited.State.ToString(),
        point.Predictions,
        point.Labels,
        point.MonitorValid,
        point.MonitorVersion,
        point.AccuracyAlarm.Firing,
        point.AccuracyAlarm.LogEvidence,
        point.ValidityAlarm.Firing,
        point.ValidityAlarm.LogEvidence);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunDocument))]
internal sealed partial class RunJsonContext : JsonSerializerContext;
