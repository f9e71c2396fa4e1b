using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson.Exceptions;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Injector.Tests.Support;

/// <summary>
/// As much of an API server as the injector calls, over TLS, with bearer tokens, resource versions and conflicts: objects by path, GET, POST, PUT and
/// JSON Patch.
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    public const string Token = "the-token";
    public const string Space = "monitoring";
    public const string WebhookPath = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/zz-accuracy-monitor-injector";
    public const string LimitRangesPath = "/api/v1/limitranges";
    public const string ResourceQuotasPath = "/api/v1/resourcequotas";
    public const string SecretPath = $"/api/v1/namespaces/{Space}/secrets/accuracy-monitor-injector-certificates";

    private readonly ConcurrentDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();
    private readonly WebApplication _app;
    private readonly string _authority;
    private int _version = 100;

    private FakeApiServer(WebApplication app, string authority) => (_app, _authority) = (app, authority);

    /// <summary>Answers 503 to everything.</summary>
    public bool IsDown { get; set; }

    /// <summary>A path that is answered with 503; null: none is.</summary>
    public string? Unanswered { get; set; }

    /// <summary>Runs before each write, outside any lock: a place for somebody else to be faster.</summary>
    public Action<string>? BeforeWrite { get; set; }

    public ConcurrentQueue<string> Calls { get; } = [];

    public JsonObject this[string path]
    {
        get => _objects[path];
        set => Store(path, value);
    }

    public static async Task<FakeApiServer> StartAsync(string minor = "33")
    {
        var (pair, authority) = CertificateIssuer.Issue(["localhost"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        var certificate = pair.Open();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        var app = builder.Build();
        var server = new FakeApiServer(app, authority);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server["/version"] = new JsonObject { ["major"] = "1", ["minor"] = minor };
        server[LimitRangesPath] = List("LimitRangeList");
        server[ResourceQuotasPath] = List("ResourceQuotaList");
        server[WebhookPath] = JsonNode.Parse("""
            { "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration", "metadata": { "name": "zz-accuracy-monitor-injector" },
              "webhooks": [
                { "name": "pod.accuracy-monitor.io", "aFieldOfTheFuture": 1,
                  "clientConfig": { "service": { "name": "accuracy-monitor-injector", "namespace": "monitoring" } } },
                { "name": "namespace.accuracy-monitor.io",
                  "clientConfig": { "service": { "name": "accuracy-monitor-injector", "namespace": "monitoring" } } } ] }
            """)!.AsObject();
        return server;
    }

    public static JsonObject List(string kind, params JsonNode[] items) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray(items),
    };

    /// <summary>A kubeconfig file by which clients find and trust this server.</summary>
    public string WriteKubeconfig(string folder)
    {
        var file = Path.Combine(folder, "kubeconfig");
        var authority = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_authority));
        File.WriteAllText(file, $"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
            - name: test
              cluster: {'{'} server: "https://localhost:{new Uri(_app.Urls.Single()).Port}", certificate-authority-data: {authority} {'}'}
            users: [{'{'} name: test, user: {'{'} token: {Token} {'}'} {'}'}]
            contexts: [{'{'} name: test, context: {'{'} cluster: test, user: test {'}'} {'}'}]
            """);
        return file;
    }

    public void SetNamespace(string name, params (string Key, string Value)[] labels) => this[$"/api/v1/namespaces/{name}"] = new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))) },
    };

    /// <summary>The authorities that the webhook configuration has; all its webhooks have the same.</summary>
    public X509Certificate2Collection Authorities()
    {
        string[] bundles = [.. this[WebhookPath]["webhooks"]!.AsArray().Select(w => (string?)w!["clientConfig"]!["caBundle"] ?? "").Distinct()];
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(bundles.ShouldHaveSingleItem())));
        return authorities;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var (method, path) = (http.Request.Method, http.Request.Path.Value!.TrimEnd('/'));
        Calls.Enqueue($"{method} {path}");
        var status = IsDown || path == Unanswered ? 503 : http.Request.Headers.Authorization != $"Bearer {Token}" ? 401 : 0;
        JsonNode? answer = null;
        if (status == 0)
        {
            var body = method == "GET" ? null : await JsonNode.ParseAsync(http.Request.Body);
            if (body is not null)
            {
                BeforeWrite?.Invoke($"{method} {path}");
            }

            (status, answer) = Handle(method, path, body);
        }

        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(
            answer ?? new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["code"] = status });
    }

    private (int Status, JsonNode? Answer) Handle(string method, string path, JsonNode? body)
    {
        lock (_writing)
        {
            _objects.TryGetValue(path, out var present);
            switch (method)
            {
                case "POST":
                    var created = $"{path}/{(string)body!["metadata"]!["name"]!}";
                    return _objects.ContainsKey(created) ? (409, null) : (201, Store(created, body.AsObject()));
                case var _ when present is null:
                    return (404, null);
                case "PUT":
                    return (string?)body!["metadata"]!["resourceVersion"] != (string?)present["metadata"]!["resourceVersion"] ? (409, null)
                        : (200, Store(path, body.AsObject()));
                case "PATCH":
                    var copy = present.DeepClone().AsObject();
                    try
                    {
                        body.Deserialize<JsonPatchDocument<JsonObject>>()!.ApplyTo(copy);
                        return (200, Store(path, copy));
                    }
                    catch (JsonPatchException)
                    {
                        return (422, null);
                    }

                default:
                    return (200, present.DeepClone());
            }
        }
    }

    private JsonObject Store(string path, JsonObject value)
    {
        lock (_writing)
        {
            if (value["metadata"] is JsonObject metadata)
            {
                metadata["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
            }

            _objects[path] = value;
            return value.DeepClone().AsObject();
        }
    }
}
