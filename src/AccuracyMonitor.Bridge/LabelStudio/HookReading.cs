using System.Text.Json;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>Ids in the body of a webhook call. Events of deletion name annotations or tasks by their id only.</summary>
internal static class HookReading
{
    public static ToolHint Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var tasks = Each(root, "task").Concat(Each(root, "tasks")).Select(t => t.Id("id"))
                .Concat(Each(root, "annotation").Concat(Each(root, "annotations")).Select(a => a.Id("task")));
            var annotations = Each(root, "annotation").Concat(Each(root, "annotations")).Select(a => a.Id("id"));
            return new ToolHint(Distinct(tasks), Distinct(annotations));
        }
        catch (JsonException)
        {
            return ToolHint.Empty;
        }
    }

    private static string[] Distinct(IEnumerable<string?> ids) => [.. ids.OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>One object, or an array of them.</summary>
    private static JsonElement[] Each(JsonElement root, string name) => root.Field(name) switch
    {
        { ValueKind: JsonValueKind.Object } one => [one],
        { ValueKind: JsonValueKind.Array } many => [.. many.EnumerateArray()],
        _ => [],
    };
}
