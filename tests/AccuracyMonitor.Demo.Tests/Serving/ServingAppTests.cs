using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Demo.Tests.Serving;

/// <summary>The real application on a real port, with nobody at the monitor's address: that must not matter to its callers.</summary>
public sealed class ServingAppTests : IAsyncLifetime
{
    private readonly WebApplication _app = ServingApp.Build(["--Serving:Monitor=unix:///nonexistent/monitor.sock", "--Serving:HeldInputs=100"]);
    private readonly HttpClient _http = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app.Urls.Add("http://127.0.0.1:0");
        await _app.StartAsync(Cancel);
        var line = ServingApp.ListeningLine(_app);
        line.ShouldStartWith("Serving fashion:1 on http://127.0.0.1:");
        line.ShouldEndWith("reporting to unix:///nonexistent/monitor.sock");
        _http.BaseAddress = new Uri(line.Split(' ')[3].TrimEnd(','));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task It_predicts_as_the_classifier_does_and_counts_what_never_reached_the_monitor()
    {
        var images = DemoAssets.ReadTestImages().Slice(0, 50);
        using var classifier = Classifier.Load(DemoAssets.Classifier());
        var expected = classifier.Predict(images.Pixels);

        var answer = await PredictAsync(images, withProbabilities: true);

        var predictions = answer.GetProperty("predictions").EnumerateArray().ToArray();
        predictions.Length.ShouldBe(50);
        for (var i = 0; i < predictions.Length; i++)
        {
            var row = expected.AsSpan(i * 10, 10).ToArray();
            predictions[i].GetProperty("id").GetString().ShouldBe($"id-{i}");
            predictions[i].GetProperty("class").GetInt32().ShouldBe(Array.IndexOf(row, row.Max()));
            predictions[i].GetProperty("name").GetString().ShouldBe(FashionMnist.ClassNames[Array.IndexOf(row, row.Max())]);
            predictions[i].GetProperty("confidence").GetSingle().ShouldBe(row.Max(), tolerance: 1e-5);
            predictions[i].GetProperty("probabilities").EnumerateArray().Select(p => p.GetSingle()).Sum().ShouldBe(1, tolerance: 1e-5);
        }

        var health = await _http.GetFromJsonAsync<JsonElement>("/health", Cancel);
        health.GetProperty("status").GetString().ShouldBe("ok");
        health.GetProperty("served").GetInt64().ShouldBe(50);
        health.GetProperty("monitor_observed").GetInt64().ShouldBe(50);
        health.GetProperty("monitor_accepted").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Requests_far_beyond_the_clients_queue_are_all_answered_while_the_monitor_is_away()
    {
        var images = DemoAssets.ReadTestImages();
        for (var start = 0; start < 10_000; start += 500)
        {
            await PredictAsync(images.Slice(start, 500), withProbabilities: false);
        }

        var health = await _http.GetFromJsonAsync<JsonElement>("/health", Cancel);
        health.GetProperty("served").GetInt64().ShouldBe(10_000);
        health.GetProperty("monitor_dropped").GetInt64()
            .ShouldBeGreaterThanOrEqualTo(10_000 - 8192 - 256, "all but the queue, and the batch that waits for a connection");
    }

    [Fact]
    public async Task Without_a_monitor_it_predicts_and_observes_nothing()
    {
        await using var plain = ServingApp.Build(["--Serving:Monitored=false"]);
        plain.Urls.Add("http://127.0.0.1:0");
        await plain.StartAsync(Cancel);
        ServingApp.ListeningLine(plain).ShouldEndWith("not monitored");
        using var http = new HttpClient { BaseAddress = new Uri(ServingApp.ListeningLine(plain).Split(' ')[3].TrimEnd(',')) };
        using var content = new StringContent($$"""{"instances":["{{Convert.ToBase64String(new byte[784])}}"]}""", Encoding.UTF8, "application/json");

        (await http.PostAsync("/predict", content, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var health = await http.GetFromJsonAsync<JsonElement>("/health", Cancel);
        health.GetProperty("served").GetInt64().ShouldBe(1);
        health.GetProperty("monitor_observed").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_bad_request_is_told_what_is_wrong()
    {
        using var content = new StringContent("""{"instances":["AAAA"]}""", Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/predict", content, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("title").GetString().ShouldBe("Invalid instances[0]");
    }

    [Fact]
    public async Task An_input_nobody_wants_is_not_kept()
    {
        await PredictAsync(DemoAssets.ReadTestImages().Slice(0, 5), withProbabilities: false);

        (await _http.GetAsync("/inputs/id-0", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        _app.Services.GetRequiredService<WantedInputs>().Kept.ShouldBe(0);
    }

    private async Task<JsonElement> PredictAsync(LabelledImages images, bool withProbabilities)
    {
        var body = new
        {
            instances = Enumerable.Range(0, images.Count).Select(i => Convert.ToBase64String(images.Image(i))),
            ids = Enumerable.Range(0, images.Count).Select(i => $"id-{i}"),
            probabilities = withProbabilities,
        };
        using var response = await _http.PostAsJsonAsync("/predict", body, Cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }
}
