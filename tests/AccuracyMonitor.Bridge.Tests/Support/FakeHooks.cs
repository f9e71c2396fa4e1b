using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Bridge.Tests.Support;

/// <summary>Webhooks of the stand-in: each event is sent once; 50 failures in a row switch a hook off.</summary>
internal sealed class FakeHooks(TimeProvider time) : IDisposable
{
    private const int MaxFailures = 50;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public List<JsonObject> All { get; } = [];

    /// <summary>Sent in place of the hook's own headers, when set.</summary>
    public string? ForgedSecret { get; set; }

    public List<int> Answers { get; } = [];

    public void Dispose() => _http.Dispose();

    public void Map(WebApplication app)
    {
        app.MapGet("/api/webhooks/", () => Results.Text(new JsonArray([.. All.Select(h => h.DeepClone())]).ToJsonString(), "application/json"));
        app.MapPost("/api/webhooks/", async (HttpContext c) =>
        {
            var hook = (JsonObject)(await JsonNode.ParseAsync(c.Request.Body))!;
            hook["id"] = All.Count + 1;
            hook["consecutive_failures"] = 0;
            All.Add(hook);
            return Results.Text(hook.ToJsonString(), "application/json", statusCode: 201);
        });
        app.MapPatch("/api/webhooks/{id}/", async (int id, HttpContext c) =>
        {
            var hook = All[id - 1];
            foreach (var (name, value) in (JsonObject)(await JsonNode.ParseAsync(c.Request.Body))!)
            {
                hook[name] = value?.DeepClone();
            }

            hook["consecutive_failures"] = 0;
            return Results.Text(hook.ToJsonString(), "application/json");
        });
    }

    public async Task SendAsync(string action, JsonObject payload)
    {
        payload["action"] = action;
        payload["sent_at"] = FakeTask.Time(time.GetUtcNow());

        // The real one serialises every field of the project, passwords too.
        payload["project"] = new JsonObject { ["id"] = 1, ["token"] = "secret-of-the-project" };
        foreach (var hook in All.Where(h => (bool)h["is_active"]! && h["actions"]!.AsArray().Any(a => (string?)a == action)).ToArray())
        {
            await SendAsync(hook, payload.ToJsonString());
        }
    }

    private async Task SendAsync(JsonObject hook, string payload)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, (string)hook["url"]!);
        request.Content = new StringContent(payload, Encoding.UTF8, "application/json");
        foreach (var (name, value) in hook["headers"]!.AsObject())
        {
            request.Headers.Add(name, ForgedSecret ?? (string)value!);
        }

        var status = 0;
        try
        {
            using var response = await _http.SendAsync(request);
            status = (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Nobody listens.
        }

        Answers.Add(status);
        var failures = status is >= 200 and < 300 ? 0 : (int)hook["consecutive_failures"]! + 1;
        hook["consecutive_failures"] = failures;
        hook["is_active"] = failures < MaxFailures;
    }
}
