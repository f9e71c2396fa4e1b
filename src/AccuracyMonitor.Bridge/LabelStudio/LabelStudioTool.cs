using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Tools;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>One project of Label Studio as a labelling tool.</summary>
internal sealed class LabelStudioTool(LabelStudioClient client, LabelStudioOptions options, CurrentClasses classes, string model) : ILabellingTool
{
    /// <summary>Ids in one filter: it travels in the address of the call.</summary>
    private const int FilterIds = 20;
    private const int MaxAnnotators = 10_000;

    /// <summary>Header with the secret of a webhook call, because Label Studio does not sign its calls.</summary>
    private const string SecretHeader = "X-Accuracy-Monitor-Secret";

    private static readonly string[] Actions = ["ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED", "TASKS_DELETED"];

    private readonly ConcurrentDictionary<string, string> _annotators = new(StringComparer.Ordinal);
    private string? _project;
    private string? _optionsField;

    public string Name => "label-studio";

    private TaskReading Reading => new(classes.Names);

    private string Project => _project ?? throw new InvalidOperationException("The project is not prepared.");

    public async Task<PreparedProject> PrepareAsync(string? known, bool change, CancellationToken cancel)
    {
        var setup = new ProjectSetup(client, options, classes.Names, model);
        var (prepared, optionsField) = await setup.PrepareAsync(known, change, cancel);
        (_project, _optionsField) = (prepared.Project, optionsField);
        return prepared;
    }

    public async Task CreateAsync(IReadOnlyList<NewTask> tasks, CancellationToken cancel)
    {
        var body = tasks.Select(t => new { data = DataOf(t) }).ToArray();
        await client.PostAsync($"api/projects/{Project}/import?return_task_ids=true&commit_to_project=true", body, cancel);
    }

    public async IAsyncEnumerable<ToolTask> FindAsync(IReadOnlyList<string> predictionIds, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var ids in predictionIds.Chunk(FilterIds))
        {
            var filter = Filter("or", ids.Select(id => Item($"data.{LabellingConfig.PredictionId}", "equal", "String", id)));
            await foreach (var task in ListAsync(filter, cancel))
            {
                yield return task;
            }
        }
    }

    public IAsyncEnumerable<ToolTask> ChangedAsync(DateTimeOffset since, CancellationToken cancel)
    {
        var value = since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        return ListAsync(Filter("and", [Item("updated_at", "greater_or_equal", "Datetime", value)]), cancel);
    }

    public IAsyncEnumerable<ToolTask> AllAsync(CancellationToken cancel) => ListAsync(null, cancel);

    public async Task<ToolTask?> GetAsync(string taskId, CancellationToken cancel)
    {
        try
        {
            return Reading.Read(await client.GetAsync($"api/tasks/{taskId}/", cancel));
        }
        catch (ToolException e) when (e.Failure == ToolFailure.NotFound)
        {
            return null;
        }
    }

    public async Task DeleteAsync(IReadOnlyList<string> taskIds, CancellationToken cancel)
    {
        var included = taskIds.Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        await client.PostAsync($"api/dm/actions/?id=delete_tasks&project={Project}", new { selectedItems = new { all = false, included } }, cancel);
    }

    public async Task<string> AnnotatorAsync(string annotator, CancellationToken cancel)
    {
        if (annotator.Length == 0)
        {
            return Name;
        }

        if (_annotators.TryGetValue(annotator, out var known))
        {
            return known;
        }

        var name = $"{Name}:{annotator}";
        try
        {
            var user = await client.GetAsync($"api/users/{annotator}/", cancel);
            name = user.Text("email") is { Length: > 0 } email ? email : name;
        }
        catch (ToolException e) when (e.Failure is ToolFailure.NotFound or ToolFailure.Denied or ToolFailure.Refused)
        {
            // The token's user may not read others: the number still tells annotators apart.
        }

        if (_annotators.Count < MaxAnnotators)
        {
            _annotators.TryAdd(annotator, name);
        }

        return name;
    }

    public async Task<bool> ArmHookAsync(Uri url, string secret, CancellationToken cancel)
    {
        var hooks = await client.GetAsync($"api/webhooks/?project={Project}", cancel);
        var all = hooks.ValueKind == JsonValueKind.Array ? hooks.EnumerateArray() : hooks.List("results");
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { [SecretHeader] = secret };
        if (all.FirstOrDefault(h => h.Text("url") == url.AbsoluteUri) is { ValueKind: JsonValueKind.Object } existing)
        {
            var inactive = existing.Flag("is_active") == false;
            var stale = existing.Field("headers")?.Text(SecretHeader) != secret;
            if (inactive || stale)
            {
                await client.PatchAsync($"api/webhooks/{existing.Id("id")}/", new { url = url.AbsoluteUri, is_active = true, headers }, cancel);
            }

            return inactive;
        }

        var hook = new
        {
            url = url.AbsoluteUri,
            project = long.Parse(Project, CultureInfo.InvariantCulture),
            send_payload = true,
            send_for_all_actions = false,
            is_active = true,
            actions = Actions,
            headers,
        };
        await client.PostAsync("api/webhooks/", hook, cancel);
        return false;
    }

    public bool IsAuthentic(IHeaderDictionary headers, string secret) => BridgeKey.AreEqual(headers[SecretHeader], secret);

    public ToolHint ReadHint(ReadOnlyMemory<byte> body) => HookReading.Read(body);

    private Dictionary<string, object> DataOf(NewTask task)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [LabellingConfig.Input] = task.Input,
            [LabellingConfig.PredictionId] = task.Key.PredictionId,
            [LabellingConfig.Model] = task.Key.Model,
            [LabellingConfig.Version] = task.Key.Version,
        };
        if (_optionsField is { } field)
        {
            data[field] = classes.Names.Names.Select((n, k) => new { value = n, alias = ClassNames.AliasOf(k) }).ToArray();
        }

        return data;
    }

    /// <summary>All pages. The server may cap their size, and one past the end is an error in some versions.</summary>
    private async IAsyncEnumerable<ToolTask> ListAsync(string? query, [EnumeratorCancellation] CancellationToken cancel)
    {
        var filter = query is null ? "" : $"&query={Uri.EscapeDataString(query)}";
        var reading = Reading;
        long seen = 0;
        for (var page = 1; ; page++)
        {
            var path = $"api/tasks/?project={Project}&page={page}&page_size={options.PageSize}&fields=all&resolve_uri=false{filter}";
            JsonElement answer;
            try
            {
                answer = await client.GetAsync(path, cancel);
            }
            catch (ToolException e) when (e.Failure == ToolFailure.NotFound && page > 1)
            {
                yield break;
            }

            var tasks = answer.List("tasks").ToArray();
            foreach (var task in tasks)
            {
                var read = TaskReading.HasStubs(task) && task.Id("id") is { } id ? await GetAsync(id, cancel) : reading.Read(task);
                if (read is not null)
                {
                    yield return read;
                }
            }

            seen += tasks.Length;
            if (tasks.Length == 0 || seen >= (answer.Number("total") ?? 0))
            {
                yield break;
            }
        }
    }

    /// <summary>Must be a text: an object in its place is ignored by the server without an error, and every task comes back.</summary>
    private static string Filter(string conjunction, IEnumerable<object> items) => JsonSerializer.Serialize(new { filters = new { conjunction, items } });

    private static object Item(string column, string comparison, string type, string value) =>
        new { filter = $"filter:tasks:{column}", @operator = comparison, type, value };
}
