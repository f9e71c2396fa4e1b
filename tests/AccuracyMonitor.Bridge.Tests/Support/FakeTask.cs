using System.Text.Json.Nodes;

namespace AccuracyMonitor.Bridge.Tests.Support;

/// <summary>A task in the stand-in.</summary>
internal sealed class FakeTask
{
    public const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public required long Id { get; init; }

    public required long Project { get; init; }

    public required JsonObject Data { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset Updated { get; set; }

    public List<FakeAnnotation> Annotations { get; } = [];

    public string PredictionId => (string?)Data["prediction_id"] ?? "";

    public JsonObject Json() => new()
    {
        ["id"] = Id,
        ["project"] = Project,
        ["data"] = Data.DeepClone(),
        ["created_at"] = Time(Created),
        ["updated_at"] = Time(Updated),
        ["annotations"] = new JsonArray([.. Annotations.Select(a => a.Json(Id))]),
        ["predictions"] = new JsonArray(),
        ["total_annotations"] = Annotations.Count(a => !a.Cancelled),
        ["cancelled_annotations"] = Annotations.Count(a => a.Cancelled),
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeForm);
}

internal sealed class FakeAnnotation
{
    public required long Id { get; init; }

    public required int User { get; init; }

    public required DateTimeOffset Created { get; init; }

    public string? Choice { get; set; }

    public string? SkipReason { get; set; }

    public bool Cancelled { get; set; }

    public JsonObject Json(long task) => new()
    {
        ["id"] = Id,
        ["task"] = task,
        ["completed_by"] = User,
        ["was_cancelled"] = Cancelled,
        ["lead_time"] = 3.5,
        ["created_at"] = FakeTask.Time(Created),
        ["updated_at"] = FakeTask.Time(Created),
        ["result"] = new JsonArray([.. Results()]),
    };

    private IEnumerable<JsonNode> Results()
    {
        if (Choice is not null)
        {
            yield return Result("label", Choice);
        }

        if (SkipReason is not null)
        {
            yield return Result("skip", SkipReason);
        }
    }

    private static JsonObject Result(string control, string choice) => new()
    {
        ["from_name"] = control,
        ["to_name"] = "input",
        ["type"] = "choices",
        ["value"] = new JsonObject { ["choices"] = new JsonArray(choice) },
    };
}
