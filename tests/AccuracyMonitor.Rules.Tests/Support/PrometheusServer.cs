using System.Globalization;
using System.Text.Json;

namespace AccuracyMonitor.Rules.Tests.Support;

/// <summary>One series of an answer: labels and the newest value.</summary>
internal sealed record Sample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    public string this[string label] => Labels.GetValueOrDefault(label, "");
}

/// <summary>A real Prometheus on loopback, with a folder of its own.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly RealProcess _process;

    private PrometheusServer(RealProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <param name="folder">For its configuration and data.</param>
    /// <param name="targets">host:port of each /metrics.</param>
    /// <param name="ruleFiles">Paths.</param>
    /// <param name="alertmanager">host:port; null: none.</param>
    /// <param name="scrapeMilliseconds">Between scrapes, and the most that one may take.</param>
    public static async Task<PrometheusServer> StartAsync(
        string folder, IEnumerable<string> targets, IEnumerable<string> ruleFiles, string? alertmanager = null, int scrapeMilliseconds = 500)
    {
        var configuration = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, $"""
            global: {"{"} scrape_interval: {scrapeMilliseconds}ms, scrape_timeout: {scrapeMilliseconds}ms, evaluation_interval: 500ms {"}"}
            rule_files: [{string.Join(", ", ruleFiles)}]
            scrape_configs:
              - job_name: accuracy-monitor
                static_configs:
                  - targets: [{string.Join(", ", targets.Select(t => $"'{t}'"))}]
                    labels: {"{"} namespace: ml {"}"}
            {(alertmanager is null ? "" : $"alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: ['{alertmanager}'] }}] }}] }}")}
            """);
        var port = Ports.Free();
        var process = RealProcess.Start(
            "prometheus", $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder, "tsdb")}", $"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
            "--rules.alert.resend-delay=1s");
        var server = new PrometheusServer(process, new Uri($"http://127.0.0.1:{port}"));
        await process.ReadyAsync(server._http, new Uri(server.Address, "/-/ready"));
        return server;
    }

    /// <summary>Newest values of an instant query.</summary>
    /// <param name="expression">PromQL.</param>
    /// <param name="at">The instant; null: now.</param>
    public async Task<Sample[]> QueryAsync(string expression, DateTimeOffset? at = null)
    {
        var time = at is { } instant ? string.Create(CultureInfo.InvariantCulture, $"&time={instant.ToUnixTimeMilliseconds() / 1000.0:F3}") : "";
        using var answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}{time}");
        var data = answer.RootElement.GetProperty("data");
        return data.GetProperty("resultType").GetString() == "vector" ? [.. data.GetProperty("result").EnumerateArray().Select(Read)] : [];
    }

    /// <summary>Waits until every group of rules has run from now on, and then once more: rules read what those of another group have recorded.</summary>
    public async Task EvaluatedAnewAsync()
    {
        for (var round = 0; round < 2; round++)
        {
            var now = DateTimeOffset.UtcNow;
            await Eventually.TrueAsync(
                async () =>
                {
                    using var answer = await GetAsync("/api/v1/rules");
                    return Groups(answer).All(g => g.GetProperty("lastEvaluation").GetDateTimeOffset() > now);
                },
                $"every rule group has run after {now:O}");
        }
    }

    /// <summary>Rules whose last evaluation failed, with the error.</summary>
    public async Task<string[]> FailedRulesAsync()
    {
        using var answer = await GetAsync("/api/v1/rules");
        return
        [
            .. Groups(answer)
                .SelectMany(g => g.GetProperty("rules").EnumerateArray())
                .Where(r => r.TryGetProperty("lastError", out var error) && error.GetString() is { Length: > 0 })
                .Select(r => $"{r.GetProperty("name").GetString()}: {r.GetProperty("lastError").GetString()}"),
        ];
    }

    /// <exception cref="InvalidOperationException">It refused, with what it said.</exception>
    public async Task<JsonDocument> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(Address, path));
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text) : throw new InvalidOperationException($"{path}: {text}");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }

    private static JsonElement.ArrayEnumerator Groups(JsonDocument answer) => answer.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray();

    private static Sample Read(JsonElement series) => new(
        series.GetProperty("metric").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal),
        double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));
}
