using System.Text.Json.Nodes;
using AccuracyMonitor.Bridge.Tools;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Bridge.Tests.Support;

/// <summary>
/// A labelling tool in memory, without webhooks: the bridge must do with <see cref="ILabellingTool"/> alone what it does with Label Studio. It outlives the
/// bridge's starts.
/// </summary>
internal sealed class MemoryTool(TimeProvider time) : ILabellingTool, IAnnotatedTool
{
    private static readonly string[] Classes = ["cat", "dog", "owl"];
    private static readonly string[] Annotators = ["", "ann@example.org", "bob@example.org", "cat@example.org"];

    private readonly List<FakeTask> _tasks = [];
    private long _ids;

    public string Name => "memory";

    public bool Down { get; set; }

    public IReadOnlyList<FakeTask> Tasks => [.. _tasks];

    public Task<PreparedProject> PrepareAsync(string? known, bool change, CancellationToken cancel)
    {
        Reach();
        return Task.FromResult(new PreparedProject("memory", [], []));
    }

    public Task CreateAsync(IReadOnlyList<NewTask> tasks, CancellationToken cancel)
    {
        Reach();
        _tasks.AddRange(tasks.Select(t => new FakeTask
        {
            Id = ++_ids,
            Project = 0,
            Data = new JsonObject
            {
                ["input"] = t.Input,
                ["prediction_id"] = t.Key.PredictionId,
                ["model"] = t.Key.Model,
                ["version"] = t.Key.Version,
            },
            Created = time.GetUtcNow(),
            Updated = time.GetUtcNow(),
        }));
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<ToolTask> FindAsync(IReadOnlyList<string> predictionIds, CancellationToken cancel) =>
        List(t => predictionIds.Contains(t.PredictionId, StringComparer.Ordinal));

    public IAsyncEnumerable<ToolTask> ChangedAsync(DateTimeOffset since, CancellationToken cancel) => List(t => t.Updated >= since);

    public IAsyncEnumerable<ToolTask> AllAsync(CancellationToken cancel) => List(_ => true);

    public async Task<ToolTask?> GetAsync(string taskId, CancellationToken cancel) => await List(t => $"{t.Id}" == taskId).FirstOrDefaultAsync(cancel);

    public Task DeleteAsync(IReadOnlyList<string> taskIds, CancellationToken cancel)
    {
        Reach();
        _tasks.RemoveAll(t => taskIds.Contains($"{t.Id}", StringComparer.Ordinal));
        return Task.CompletedTask;
    }

    public Task<string> AnnotatorAsync(string annotator, CancellationToken cancel) => Task.FromResult(Annotators[int.Parse(annotator)]);

    public Task<bool> ArmHookAsync(Uri url, string secret, CancellationToken cancel) => Task.FromResult(false);

    public bool IsAuthentic(IHeaderDictionary headers, string secret) => false;

    public ToolHint ReadHint(ReadOnlyMemory<byte> body) => ToolHint.Empty;

    public Task<FakeAnnotation> AnnotateAsync(FakeTask task, string? choice, int user = 1, bool cancelled = false, string? skipReason = null)
    {
        var annotation = new FakeAnnotation
        {
            Id = ++_ids,
            User = user,
            Created = time.GetUtcNow(),
            Choice = choice,
            Cancelled = cancelled,
            SkipReason = skipReason,
        };
        task.Annotations.Add(annotation);
        task.Updated = time.GetUtcNow();
        return Task.FromResult(annotation);
    }

    public Task ChangeAsync(FakeTask task, FakeAnnotation annotation, Action<FakeAnnotation> change)
    {
        change(annotation);
        task.Updated = time.GetUtcNow();
        return Task.CompletedTask;
    }

    public Task DeleteAnnotationAsync(FakeTask task, FakeAnnotation annotation)
    {
        task.Annotations.Remove(annotation);
        return Task.CompletedTask;
    }

    public Task DeleteTaskAsync(FakeTask task)
    {
        _tasks.Remove(task);
        return Task.CompletedTask;
    }

    private IAsyncEnumerable<ToolTask> List(Predicate<FakeTask> which)
    {
        Reach();
        return _tasks.Where(t => which(t)).Select(Read).ToArray().ToAsyncEnumerable();
    }

    private void Reach()
    {
        if (Down)
        {
            throw new ToolException(ToolFailure.Unavailable, "The tool is down.");
        }
    }

    private static ToolTask Read(FakeTask task) => new(
        $"{task.Id}",
        new PredictionKey((string)task.Data["model"]!, (string)task.Data["version"]!, task.PredictionId),
        task.Created,
        task.Updated,
        [.. task.Annotations.Select(a => new ToolAnnotation($"{a.Id}", $"{a.User}", Read(a), a.Created, TimeSpan.FromSeconds(3.5)))]);

    private static ToolAnswer Read(FakeAnnotation annotation) =>
        annotation.Cancelled || annotation is { Choice: null, SkipReason: not null }
            ? new ToolAnswer.Skip(annotation.SkipReason ?? "skipped without a reason")
        : annotation.Choice is not { } choice ? new ToolAnswer.Unusable("it has no choice")
        : int.TryParse(choice, out var number) ? new ToolAnswer.Label(number)
        : Array.IndexOf(Classes, choice) is var found and >= 0 ? new ToolAnswer.Label(found)
        : new ToolAnswer.Unusable("its choice is no class");
}
