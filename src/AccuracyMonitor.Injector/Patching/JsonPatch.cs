using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Patching;

/// <summary>
/// A JSON Patch (RFC 6902). An <c>add</c> to a member that is there would replace it, so additions are written only where nothing is; a map or
/// list that is missing is added whole with its first entries, since a patch can't reach into what does not exist. <see cref="Set"/> and
/// <see cref="Remove"/> change what is there.
/// </summary>
internal sealed class JsonPatch(JsonObject document)
{
    private readonly JsonArray _operations = [];

    public JsonArray Operations => _operations;

    /// <summary>Adds entries to the map at a path; names it has already are left as they are.</summary>
    public void AddMembers(string[] path, IEnumerable<KeyValuePair<string, string>> members)
    {
        var map = Find(path) as JsonObject;
        KeyValuePair<string, string>[] missing = [.. members.Where(m => map?.ContainsKey(m.Key) != true)];
        if (map is null && missing.Length > 0)
        {
            Add(path, new JsonObject(missing.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value))));
            return;
        }

        foreach (var (name, value) in missing)
        {
            Add([.. path, name], value);
        }
    }

    /// <summary>Adds entries to the end of the list at a path, or before its first.</summary>
    public void AddItems(string[] path, IReadOnlyList<JsonObject> items, bool first = false)
    {
        if (items.Count == 0)
        {
            return;
        }

        if (Find(path) is not JsonArray)
        {
            Add(path, new JsonArray([.. items]));
            return;
        }

        for (var i = 0; i < items.Count; i++)
        {
            Add([.. path, first ? i.ToString(System.Globalization.CultureInfo.InvariantCulture) : "-"], items[i]);
        }
    }

    /// <summary>Writes a member of a map that is there, whether or not the member is.</summary>
    public void Set(string[] path, JsonNode value) => Add(path, value);

    /// <summary>Removes what is at a path, which must be there.</summary>
    public void Remove(string[] path) => _operations.Add(new JsonObject { ["op"] = "remove", ["path"] = Pointer(path) });

    private JsonNode? Find(string[] path)
    {
        JsonNode? node = document;
        foreach (var part in path)
        {
            node = node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node?[part];
        }

        return node;
    }

    private void Add(string[] path, JsonNode value) => _operations.Add(new JsonObject
    {
        ["op"] = "add",
        ["path"] = Pointer(path),
        ["value"] = value,
    });

    private static string Pointer(string[] path) =>
        string.Concat(path.Select(p => "/" + p.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
}
