using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Pages;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Tests;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Pages;

/// <summary>The pages and their calls over HTTP, without a browser.</summary>
public sealed partial class PageCallTests
{
    private static readonly string[] Everything = ["--Sampling:Budget=1", "--Sampling:Policy=Uniform"];

    [Fact]
    public async Task The_start_page_is_text_for_curl_and_HTML_for_a_browser()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(sidecar.HttpAddress) };
        (await http.GetAsync("/", TestContext.Current.CancellationToken)).Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");

        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        foreach (var page in (string[])["/", "/label", "/models"])
        {
            using var answer = await http.GetAsync(page, TestContext.Current.CancellationToken);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldNotContain("unsafe");
        }

        using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/page.css");
        using var first = await http.GetAsync("/assets/page.css", TestContext.Current.CancellationToken);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        (await http.SendAsync(again, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await http.GetAsync("/assets/nothing.js", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void No_file_of_the_pages_names_another_server_or_has_inline_code()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src/AccuracyMonitor.Sidecar/Pages/Assets"));
        files.Length.ShouldBeGreaterThan(10);
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            Elsewhere().Matches(text).Select(m => m.Value).Where(u => !u.StartsWith("http://www.w3.org/", StringComparison.Ordinal)).ShouldBeEmpty(file);
            if (file.EndsWith(".html", StringComparison.Ordinal))
            {
                Inline().IsMatch(text).ShouldBeFalse(file);
            }
        }
    }

    [Fact]
    public async Task What_an_annotator_gets_says_nothing_of_the_models_answer()
    {
        await using var sidecar = await SendingAsync();

        using var leased = await PostAsync(sidecar, "lease?reveal=true", """{"maxItems": 2, "annotator": "ann"}""");

        leased.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var body = JsonDocument.Parse(await leased.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var items = body.RootElement.GetProperty("items").EnumerateArray().ToArray();
        items.Length.ShouldBe(2);
        items[0].EnumerateObject().Select(p => p.Name).ShouldBe(
            ["predictionId", "model", "version", "segment", "predictionTime", "classCount", "leaseId", "inputReference", "hasInput", "leaseSeconds",
                "revealed"]);
        items[0].GetProperty("revealed").GetBoolean().ShouldBeFalse();
        items[0].GetProperty("classCount").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData("ann", true)]
    [InlineData("bob", false)]
    public async Task A_label_is_recorded_as_revealed_once_its_annotator_was_shown_the_models_answer_whatever_he_says(string annotator, bool revealed)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await SendingAsync("--Labelling:Reveal=true");
        using var shown = await PostAsync(sidecar, "lease?reveal=true", """{"maxItems": 6, "annotator": "ann"}""");
        using var body = JsonDocument.Parse(await shown.Content.ReadAsStringAsync(cancel));
        var leases = body.RootElement.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("leaseId").GetString()!).ToArray();
        (await sidecar.Labels.ReleaseAsync(new ReleaseRequest { LeaseIds = { leases } }, cancellationToken: cancel)).Outcomes.Count.ShouldBe(6);

        using var again = await PostAsync(sidecar, "lease", $$"""{"maxItems": 6, "annotator": "{{annotator}}"}""");
        using var items = JsonDocument.Parse(await again.Content.ReadAsStringAsync(cancel));
        foreach (var item in items.RootElement.GetProperty("items").EnumerateArray())
        {
            using var answered = await PostAsync(
                sidecar,
                "complete",
                $$"""
                {"answers": [{"leaseId": "{{item.GetProperty("leaseId").GetString()}}", "label": 1, "annotator": "{{annotator}}", "revealed": false}]}
                """);
            answered.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var store = sidecar.Services.GetRequiredService<MonitorStore>();
        for (var i = 0; i < 6; i++)
        {
            (await store.LabelHistoryAsync(new ModelKey("m", "1"), $"p-{i}", cancel)).ShouldHaveSingleItem().Conditions.Revealed.ShouldBe(revealed);
        }
    }

    [Fact]
    public async Task The_list_of_requests_hides_a_label_while_another_opinion_is_wanted()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, "--Labelling:SecondOpinionShare=1"]);
        await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of(Batches.Softmax(1, 2, seed: 1), Batches.Ids("p", 1)) },
            cancellationToken: TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(sidecar.HttpAddress) };
        foreach (var (annotator, isShown) in ((string, bool)[])[("ann", false), ("bob", true)])
        {
            var leased = await sidecar.Labels.LeaseAsync(
                new LeaseRequest { MaxItems = 1, Annotator = annotator }, cancellationToken: TestContext.Current.CancellationToken);
            await sidecar.Labels.CompleteAsync(
                new CompleteRequest { Answers = { new Answer { LeaseId = leased.Items.ShouldHaveSingleItem().LeaseId, Label = 1, Annotator = annotator } } },
                cancellationToken: TestContext.Current.CancellationToken);

            using var list = JsonDocument.Parse(await http.GetStringAsync("/label/api/requests?model=m", TestContext.Current.CancellationToken));

            var request = list.RootElement.GetProperty("requests").EnumerateArray().ShouldHaveSingleItem();
            request.TryGetProperty("label", out _).ShouldBe(isShown);
            (request.TryGetProperty("annotator", out var by) && by.GetString() == "ann").ShouldBe(isShown);
        }
    }

    [Fact]
    public async Task The_quality_of_labels_is_read_by_version()
    {
        await using var sidecar = await SendingAsync("--Labelling:SecondOpinionShare=1");
        foreach (var annotator in (string[])["ann", "bob"])
        {
            var leased = await sidecar.Labels.LeaseAsync(
                new LeaseRequest { MaxItems = 6, Annotator = annotator }, cancellationToken: TestContext.Current.CancellationToken);
            var answers = leased.Items.Select(i => new Answer { LeaseId = i.LeaseId, Label = 1, Annotator = annotator, Revealed = false });
            await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { answers } }, cancellationToken: TestContext.Current.CancellationToken);
        }

        using var http = new HttpClient();
        using var read = JsonDocument.Parse(await http.GetStringAsync(
            new Uri($"{sidecar.HttpAddress}/label/api/quality?model=m&version=1"), TestContext.Current.CancellationToken));

        var quality = read.RootElement;
        (quality.GetProperty("doubles").GetInt32(), quality.GetProperty("agreement").GetDouble()).ShouldBe((6, 1));
        quality.GetProperty("annotators").EnumerateArray().Select(a => (a.GetProperty("annotator").GetString(), a.GetProperty("labels").GetInt32()))
            .ShouldBe([("ann", 6), ("bob", 0)]);
        using var unknown = await http.GetAsync(
            new Uri($"{sidecar.HttpAddress}/label/api/quality?model=nobody&version=1"), TestContext.Current.CancellationToken);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("application/json", "{\"maxItems\": 5000}", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{\"no\": 1}", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "maxItems", HttpStatusCode.BadRequest)]
    [InlineData("text/plain", "{}", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_wrong_request_is_refused_with_its_reason(string type, string body, HttpStatusCode status)
    {
        await using var sidecar = await TestSidecar.StartAsync();

        using var answer = await PostAsync(sidecar, "lease", body, type);

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\"error\":");
    }

    [Fact]
    public async Task A_model_without_requests_has_an_empty_list()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        using var http = new HttpClient();

        var list = await http.GetStringAsync(new Uri($"{sidecar.HttpAddress}/label/api/requests?model=none"), TestContext.Current.CancellationToken);

        list.ShouldContain("\"requests\":[]");
    }

    [Fact]
    public async Task A_token_with_half_of_a_surrogate_pair_is_refused()
    {
        await using var sidecar = await TestSidecar.StartAsync();

        (await PostAsync(sidecar, "sign-in", """{"token": "\ud800"}""")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_large_request_is_not_read()
    {
        await using var sidecar = await TestSidecar.StartAsync();

        (await PostAsync(sidecar, "lease", new string(' ', PageCalls.MaxBytes + 1))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_page_of_another_origin_may_not_label()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{sidecar.HttpAddress}/label/api/lease"))
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Origin", "https://elsewhere.example");

        (await http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Models_are_read_with_their_windows_and_their_queue()
    {
        await using var sidecar = await SendingAsync();
        using var http = new HttpClient();
        JsonElement[] models = [];
        await Eventually.TrueAsync(
            async () =>
            {
                using var read = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{sidecar.HttpAddress}/label/api/models")));
                models = [.. read.RootElement.GetProperty("models").Clone().EnumerateArray()];
                return models.Length == 1 && models[0].GetProperty("history").GetArrayLength() > 1;
            },
            "the model is published");

        models[0].GetProperty("waiting").GetInt32().ShouldBe(6);
        models[0].GetProperty("windows").EnumerateArray().Last().GetProperty("predictions").GetInt32().ShouldBe(6);
    }

    private static async Task<TestSidecar> SendingAsync(params string[] settings)
    {
        var sidecar = await TestSidecar.StartAsync([.. Everything, .. settings]);
        await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of(Batches.Softmax(6, classes: 2, seed: 1), Batches.Ids("p", 6)) },
            cancellationToken: TestContext.Current.CancellationToken);
        return sidecar;
    }

    private static async Task<HttpResponseMessage> PostAsync(TestSidecar sidecar, string call, string body, string type = "application/json")
    {
        using var http = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, type);
        return await http.PostAsync(new Uri($"{sidecar.HttpAddress}/label/api/{call}"), content, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"https?://[\w.]+[^\s'""`]*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"<style|style=|<script(?![^>]*src=)|\son\w+=", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inline();
}
