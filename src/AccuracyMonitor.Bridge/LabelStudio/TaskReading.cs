using System.Text.Json;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>Tasks and annotations, from Label Studio's JSON.</summary>
internal sealed class TaskReading(ClassNames classes)
{
    /// <returns>Null if it is no task.</returns>
    public ToolTask? Read(JsonElement task)
    {
        if (task.Id("id") is not { } id)
        {
            return null;
        }

        List<ToolAnnotation> annotations = [];
        foreach (var annotation in task.List("annotations"))
        {
            if (Annotation(annotation) is { } read)
            {
                annotations.Add(read);
            }
        }

        // Ids are numbers: the shorter is the smaller.
        var ordered = annotations.OrderBy(a => a.Created).ThenBy(a => a.Id.Length).ThenBy(a => a.Id, StringComparer.Ordinal);
        var updated = task.Time("updated_at") ?? DateTimeOffset.MinValue;
        return new ToolTask(id, KeyOf(task), task.Time("created_at") ?? updated, updated, [.. ordered]);
    }

    /// <summary>Whether an annotation came as a stub without its result, as lists of some editions have them.</summary>
    public static bool HasStubs(JsonElement task) => task.List("annotations").Any(a => a.Field("result") is null && a.Flag("was_cancelled") != true);

    private static PredictionKey? KeyOf(JsonElement task) =>
        task.Field("data") is { } data && data.Text(LabellingConfig.PredictionId) is { Length: > 0 } prediction
        && data.Text(LabellingConfig.Model) is { } model && data.Text(LabellingConfig.Version) is { } version
            ? new PredictionKey(model, version, prediction)
            : null;

    private ToolAnnotation? Annotation(JsonElement annotation) => annotation.Id("id") is not { } id
        ? null
        : new ToolAnnotation(
            id,
            annotation.Id("completed_by") ?? annotation.Field("completed_by")?.Id("id") ?? "",
            Answer(annotation),
            annotation.Time("created_at") ?? DateTimeOffset.MinValue,
            annotation.Real("lead_time") is { } seconds and >= 0 and < 1e6 ? TimeSpan.FromSeconds(seconds) : null);

    private ToolAnswer Answer(JsonElement annotation)
    {
        var reason = Choices(annotation, LabellingConfig.SkipControl).FirstOrDefault();
        if (annotation.Flag("was_cancelled") == true)
        {
            return new ToolAnswer.Skip(reason ?? SkipReasons.None);
        }

        return Choices(annotation, LabellingConfig.LabelControl) switch
        {
            [var choice] when classes.Find(choice) is { } k => new ToolAnswer.Label(k),
            [_] => new ToolAnswer.Unusable("its choice is no class"),
            [] when reason is not null => new ToolAnswer.Skip(reason),
            [] => new ToolAnswer.Unusable("it has no choice"),
            _ => new ToolAnswer.Unusable("it has several choices"),
        };
    }

    private static string[] Choices(JsonElement annotation, string control) =>
    [
        .. annotation.List("result").Where(r => r.Text("from_name") == control)
            .SelectMany(r => r.Field("value") is { } value ? value.List("choices") : [])
            .Select(c => c.Text()?.Trim()).OfType<string>(),
    ];
}
