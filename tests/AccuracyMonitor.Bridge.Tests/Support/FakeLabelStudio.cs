using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Bridge.Tests.Support;

/// <summary>
/// A stand-in for Label Studio on a real socket, written after its documentation and the parts of its source that are cited in the guide, including what
/// it does badly: an import is taken whole or refused whole, and is done again when it is sent again; a filter that is no text is ignored; access tokens
/// end; webhooks are sent once, and switched off after 50 failures; events of deletion name no task.
/// </summary>
internal sealed partial class FakeLabelStudio : IAnnotatedTool, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, JsonObject> _projects = [];
    private readonly List<FakeTask> _tasks = [];
    private readonly Queue<Action> _late = [];
    private long _ids;

    private FakeLabelStudio(WebApplication app, TimeProvider time)
    {
        (_app, _time, Tokens) = (app, time, new FakeTokens(time));
        Hooks = new FakeHooks(_time);
        Map();
    }

    public FakeTokens Tokens { get; }

    public FakeHooks Hooks { get; }

    public string Name => "label-studio";

    public string Url => _app.Urls.First();

    /// <summary>Every call is cut off.</summary>
    public bool Down { get; set; }

    /// <summary>Answer the next so many calls with 503.</summary>
    public int Busy { get; set; }

    /// <summary>Do the next so many imports, and cut off the answer.</summary>
    public int LostAnswers { get; set; }

    /// <summary>Cut off the next so many imports, and do them at <see cref="DoLateImports"/>.</summary>
    public int LateImports { get; set; }

    /// <summary>Answer imports as editions with a background queue do, and do them at <see cref="DoLateImports"/>.</summary>
    public bool Background { get; set; }

    public bool IgnoresFilters { get; set; }

    public int MaxPage { get; set; } = 100;

    /// <summary>A task with this prediction is refused.</summary>
    public Predicate<string> Refuses { get; set; } = _ => false;

    /// <summary>Status with which one task is answered in place of it; null: the task.</summary>
    public Func<long, int?> Hides { get; set; } = _ => null;

    public int Imports { get; private set; }

    public int ListedTasks { get; private set; }

    public IReadOnlyList<FakeTask> Tasks
    {
        get
        {
            lock (_gate)
            {
                return [.. _tasks];
            }
        }
    }

    public IReadOnlyDictionary<long, JsonObject> Projects => _projects;

    public static async Task<FakeLabelStudio> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var fake = new FakeLabelStudio(builder.Build(), time);
        await fake._app.StartAsync();
        return fake;
    }

    public FakeTask TaskOf(string prediction) => Tasks.Single(t => t.PredictionId == prediction);

    /// <summary>As an annotator does. An annotation is announced once.</summary>
    public async Task<FakeAnnotation> AnnotateAsync(
        FakeTask task, string? choice, int user = 1, bool cancelled = false, string? skipReason = null)
    {
        FakeAnnotation annotation;
        lock (_gate)
        {
            annotation = new FakeAnnotation
            {
                Id = ++_ids,
                User = user,
                Created = _time.GetUtcNow(),
                Choice = choice,
                Cancelled = cancelled,
                SkipReason = skipReason,
            };
            task.Annotations.Add(annotation);
            task.Updated = _time.GetUtcNow();
        }

        await Hooks.SendAsync("ANNOTATION_CREATED", new JsonObject { ["annotation"] = annotation.Json(task.Id), ["task"] = task.Json() });
        return annotation;
    }

    public async Task ChangeAsync(FakeTask task, FakeAnnotation annotation, Action<FakeAnnotation> change)
    {
        lock (_gate)
        {
            change(annotation);
            task.Updated = _time.GetUtcNow();
        }

        await Hooks.SendAsync("ANNOTATION_UPDATED", new JsonObject { ["annotation"] = annotation.Json(task.Id), ["task"] = task.Json() });
    }

    /// <summary>Neither moves the task's time, nor names it.</summary>
    public async Task DeleteAnnotationAsync(FakeTask task, FakeAnnotation annotation)
    {
        lock (_gate)
        {
            task.Annotations.Remove(annotation);
        }

        await Hooks.SendAsync("ANNOTATIONS_DELETED", new JsonObject { ["annotations"] = new JsonArray(new JsonObject { ["id"] = annotation.Id }) });
    }

    public async Task DeleteTaskAsync(FakeTask task)
    {
        lock (_gate)
        {
            _tasks.Remove(task);
        }

        await Hooks.SendAsync("TASKS_DELETED", new JsonObject { ["tasks"] = new JsonArray(new JsonObject { ["id"] = task.Id }) });
    }

    public void DoLateImports()
    {
        lock (_gate)
        {
            while (_late.TryDequeue(out var import))
            {
                import();
            }
        }
    }

    public long AddProject(JsonObject project)
    {
        lock (_gate)
        {
            project["id"] = ++_ids;
            _projects[_ids] = project;
            return _ids;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Hooks.Dispose();
    }

    private void Map()
    {
        _app.Use(async (context, next) =>
        {
            if (Down)
            {
                context.Abort();
            }
            else if (Busy > 0)
            {
                Busy--;
                context.Response.StatusCode = 503;
            }
            else if (context.Request.Path != "/api/token/refresh/" && !Tokens.Takes(context.Request.Headers.Authorization))
            {
                context.Response.StatusCode = 401;
            }
            else
            {
                await next(context);
            }
        });
        _app.UseRouting();
        _app.MapPost("/api/token/refresh/", async (HttpContext c) => Tokens.Renew((string?)(await BodyAsync(c))["refresh"]) is { } access
            ? Results.Json(new { access })
            : Results.StatusCode(401));
        _app.MapGet("/api/users/{id}/", (int id) => id is 1 or 2
            ? Results.Json(new { id, email = id == 1 ? "ann@example.org" : "bob@example.org" })
            : Results.NotFound());
        _app.MapGet("/api/projects/", (string? title) => Json(new JsonObject
        {
            ["count"] = _projects.Count,
            ["results"] = new JsonArray(
            [
                .. _projects.Values.Where(p => ((string?)p["title"])!.Contains(title ?? "", StringComparison.OrdinalIgnoreCase)).Select(p => p.DeepClone()),
            ]),
        }));
        _app.MapPost("/api/projects/", async (HttpContext c) =>
        {
            var project = (JsonObject)await BodyAsync(c);
            return ((string?)project["title"])?.Length is >= 3 and <= 50 ? Json(_projects[AddProject(project)]) : Results.StatusCode(400);
        });
        _app.MapGet("/api/projects/{id}/", (long id) => _projects.TryGetValue(id, out var project) ? Json(project) : Results.NotFound());
        _app.MapPatch("/api/projects/{id}/", async (long id, HttpContext c) =>
        {
            foreach (var (name, value) in (JsonObject)await BodyAsync(c))
            {
                _projects[id][name] = value?.DeepClone();
            }

            return Json(_projects[id]);
        });
        _app.MapPost("/api/projects/{id}/import", ImportAsync);
        _app.MapGet("/api/tasks/", List);
        _app.MapGet("/api/tasks/{id}/", (long id) => Hides(id) is { } status ? Results.StatusCode(status)
            : Tasks.FirstOrDefault(t => t.Id == id) is { } task ? Json(task.Json())
            : Results.NotFound());
        _app.MapPost("/api/dm/actions/", DeleteTasksAsync);
        Hooks.Map(_app);
    }

    private async Task<IResult> ImportAsync(long id, HttpContext context)
    {
        var tasks = ((JsonArray)await BodyAsync(context)).Select(t => (JsonObject)t!["data"]!.DeepClone()).ToArray();
        var variables = Variable().Matches((string)_projects[id]["label_config"]!).Select(m => m.Groups["name"].Value);
        if (tasks.Any(t => variables.Any(v => t[v] is null) || Refuses((string)t["prediction_id"]!)))
        {
            return Results.Json(new { validation_errors = new { non_field_errors = new[] { "Error at item" } } }, statusCode: 400);
        }

        lock (_gate)
        {
            Imports++;
            if (LateImports > 0 || Background)
            {
                _late.Enqueue(() => Add(id, tasks));
            }
            else
            {
                Add(id, tasks);
            }

            if (LateImports > 0 || LostAnswers > 0)
            {
                (LateImports, LostAnswers) = LateImports > 0 ? (LateImports - 1, LostAnswers) : (LateImports, LostAnswers - 1);
                context.Abort();
            }
        }

        return Background ? Results.Json(new { import = 1 }, statusCode: 201) : Results.Json(new { task_count = tasks.Length }, statusCode: 201);
    }

    private void Add(long project, JsonObject[] tasks)
    {
        foreach (var data in tasks)
        {
            _tasks.Add(new FakeTask { Id = ++_ids, Project = project, Data = data, Created = _time.GetUtcNow(), Updated = _time.GetUtcNow() });
        }
    }

    private IResult List(long project, int page, int page_size, string? query)
    {
        lock (_gate)
        {
            var all = _tasks.Where(t => t.Project == project && (IgnoresFilters || Matches(t, query))).OrderBy(t => t.Id).ToArray();
            var size = Math.Min(page_size, MaxPage);
            var shown = all.Skip((page - 1) * size).Take(size).ToArray();
            ListedTasks += shown.Length;
            return shown.Length == 0 && page > 1
                ? Results.NotFound()
                : Json(new JsonObject { ["total"] = all.Length, ["tasks"] = new JsonArray([.. shown.Select(t => t.Json())]) });
        }
    }

    /// <summary>Only a text is a filter.</summary>
    private static bool Matches(FakeTask task, string? query)
    {
        if (query is null || JsonNode.Parse(query) is not JsonObject filter)
        {
            return true;
        }

        var found = filter["filters"]!["items"]!.AsArray().Select(i => ((string)i!["filter"]!, (string)i["operator"]!) switch
        {
            ("filter:tasks:updated_at", "greater_or_equal") =>
                task.Updated >= DateTimeOffset.ParseExact((string)i["value"]!, FakeTask.TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            ("filter:tasks:data.prediction_id", "equal") => task.PredictionId == (string)i["value"]!,
            var (column, comparison) => throw new InvalidOperationException($"{column} {comparison}"),
        }).ToArray();
        return (string)filter["filters"]!["conjunction"]! == "and" ? found.All(f => f) : found.Any(f => f);
    }

    private async Task<IResult> DeleteTasksAsync(string id, HttpContext context)
    {
        id.ShouldBe("delete_tasks");
        var included = (await BodyAsync(context))["selectedItems"]!["included"]!.AsArray().Select(i => (long)i!).ToHashSet();
        lock (_gate)
        {
            _tasks.RemoveAll(t => included.Contains(t.Id));
        }

        return Results.Json(new { processed_items = included.Count });
    }

    private static IResult Json(JsonNode node) => Results.Text(node.ToJsonString(), "application/json");

    private static async Task<JsonNode> BodyAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = 250_000_000;
        return (await JsonNode.ParseAsync(context.Request.Body))!;
    }

    [GeneratedRegex("value=\"\\$(?<name>\\w+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}
