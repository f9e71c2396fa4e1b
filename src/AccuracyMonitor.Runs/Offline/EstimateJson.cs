using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>An estimate as JSON, for scripts. A field may be added to a schema version, never changed or taken away.</summary>
internal static class EstimateJson
{
    public const string Schema = "accuracy-monitor/estimate/1";

    public static string Write(EstimateSummary summary)
    {
        var joined = summary.Understood.Joined;
        return JsonSerializer.Serialize(
            new EstimateDocument(
                Schema, summary.Options.Input.Path, joined?.Path, summary.Estimate,
                joined is null ? null : new LabelCounts(
                    joined.Ids, joined.Joined, joined.Empty, joined.Unknown.Count, joined.Duplicates, joined.Contradictory.Count, joined.Outside.Count,
                    joined.WithoutId)),
            EstimateJsonContext.Default.EstimateDocument);
    }
}

internal sealed record EstimateDocument(string Schema, string Predictions, string? Labels, OfflineEstimate Estimate, LabelCounts? LabelFile);

/// <summary>What came of the rows of the file of labels.</summary>
internal sealed record LabelCounts(
    long Ids, long Joined, long Empty, long Unknown, long Duplicates, long Contradictory, long OutsideClasses, long WithoutId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(EstimateDocument))]
internal sealed partial class EstimateJsonContext : JsonSerializerContext;
