using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Sinks;

/// <summary>Truth events as curl sends them.</summary>
public sealed class TruthEventTests : IDisposable
{
    private const string Binary = "-H 'ce-specversion: 1.0' -H 'ce-id: e-1' -H 'ce-source: shop/returns' -H 'ce-type: io.accuracymonitor.truth.v1' "
        + "-H 'Content-Type: application/json'";

    private const string Structured = "-H 'Content-Type: application/cloudevents+json'";
    private const string Batch = "-H 'Content-Type: application/cloudevents-batch+json'";

    private static readonly string[] Settings =
    [
        "--Sink:Port=0", "--Sampling:Budget=0.5", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000", "--Truth:Remember=true",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("am-truth-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", Binary, "DATA")]
    [InlineData("/truth", Binary, "DATA")]
    [InlineData("/truth", Structured, "EVENT")]
    [InlineData("/truth", Structured, "BASE64")]
    [InlineData("/truth", Batch, "[EVENT]")]
    public async Task Truths_of_every_mode_are_stored_and_change_nothing_when_they_come_again(string path, string headers, string body)
    {
        await using var sidecar = await StartAsync();
        var requested = await ObserveAsync(sidecar, 40);
        var data = Data(40);
        body = body.Replace("DATA", data, StringComparison.Ordinal)
            .Replace("EVENT", Event("e-1", $"\"data\":{data}"), StringComparison.Ordinal)
            .Replace("BASE64", Event("e-1", $"\"data_base64\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(data))}\""), StringComparison.Ordinal);

        var (status, answer) = await CurlAsync(sidecar, path, headers, body);

        status.ShouldBe(200, answer.ToString());
        answer.GetProperty("stored").GetInt32().ShouldBe(40);
        answer.GetProperty("outcomes").GetProperty("ok").GetInt32().ShouldBe(requested);
        answer.GetProperty("outcomes").GetProperty("kept_apart").GetInt32().ShouldBe(40 - requested);
        var listed = (await sidecar.Labels.ListRequestsAsync(new ListRequestsRequest(), cancellationToken: Cancel)).Requests;
        listed.ShouldAllBe(r => r.State == RequestState.Answered && r.Annotator == "shop/returns" && r.Label == 1);
        (await MetricAsync(sidecar, "sink_truths_total{outcome=\"ok\"}")).ShouldBe(requested);
        (await MetricAsync(sidecar, "sink_events_total{outcome=\"truth\"}")).ShouldBe(1);

        (status, answer) = await CurlAsync(sidecar, path, headers, body);
        (status, answer.GetProperty("duplicate_events").GetInt32()).ShouldBe((200, 1));
        (status, answer) = await CurlAsync(
            sidecar, path, headers.Replace("e-1", "e-2", StringComparison.Ordinal), body.Replace("e-1", "e-2", StringComparison.Ordinal));
        (status, answer.GetProperty("outcomes").GetProperty("unchanged").GetInt32()).ShouldBe((200, 40), answer.ToString());
    }

    [Fact]
    public async Task An_event_that_comes_again_does_not_undo_what_corrected_it()
    {
        await using var sidecar = await StartAsync();
        await ObserveAsync(sidecar, 10);
        await CurlAsync(sidecar, "/truth", Binary, Data(10, @class: "1"));
        await CurlAsync(sidecar, "/truth", Binary.Replace("e-1", "e-2", StringComparison.Ordinal), Data(10, @class: "0"));

        var (status, answer) = await CurlAsync(sidecar, "/truth", Binary, Data(10, @class: "1"));

        (status, answer.GetProperty("duplicate_events").GetInt32()).ShouldBe((200, 1));
        (await sidecar.Labels.ListRequestsAsync(new ListRequestsRequest(), cancellationToken: Cancel)).Requests.ShouldAllBe(r => r.Label == 0);
    }

    [Fact]
    public async Task Of_a_batch_whose_half_is_bad_the_other_half_is_stored_and_the_answer_names_each_problem()
    {
        await using var sidecar = await StartAsync();
        await ObserveAsync(sidecar, 2);
        var bad = """{"model":"m","version":"1","items":[{"id":"p-1","class":1},{"id":"p-0","class":-1},{"id":"p-0","class":7}]}""";
        var body = $$"""[{{Event("good", $"\"data\":{Data(1)}")}},{"id":"no type"},{{Event("half", $"\"data\":{bad}")}},{{Event("bad", "\"data\":5")}}]""";

        var (status, answer) = await CurlAsync(sidecar, "/truth", Batch, body);

        status.ShouldBe(422);
        answer.GetProperty("stored").GetInt32().ShouldBe(2, answer.ToString());
        var problems = string.Join('\n', answer.GetProperty("problems").EnumerateArray().Select(static p => p.GetString()));
        problems.ShouldContain("Event 'half': data.items[1].class is -1; it must be a class number from 0");
        problems.ShouldContain("Event 'bad': data can't be read as JSON");
        problems.ShouldContain("1 events can't be read as CloudEvents");
        problems.ShouldContain("Prediction 'p-0': label is 7");
        (await MetricAsync(sidecar, "sink_truths_total{outcome=\"invalid\"}")).ShouldBe(3);
        (await MetricAsync(sidecar, "sink_truths_total{outcome=\"label_out_of_range\"}")).ShouldBe(1);
    }

    [Theory]
    [InlineData(Binary, """{"model":"m","version":"1","items":[{"id":"nowhere","class":1}]}""", 404, "")]
    [InlineData("-H 'Content-Type: application/json'", "{}", 415, "The POST is no CloudEvent")]
    [InlineData(Structured, "{", 422, "")]
    [InlineData(Batch, "[]", 200, "")]
    [InlineData("-X GET", "", 405, "Truths are sent with POST, not GET.")]
    [InlineData(Structured, """{"id":"a","type":"io.accuracymonitor.truth.v2","source":"s","data":{}}""", 422, "")]
    public async Task Nothing_else_is_acknowledged(string headers, string body, int expected, string error)
    {
        await using var sidecar = await StartAsync();

        var (status, answer) = await CurlAsync(sidecar, "/truth", headers, body);

        status.ShouldBe(expected, answer.ToString());
        (answer.TryGetProperty("error", out var told) ? told.GetString()! : "").ShouldStartWith(error);
    }

    [Fact]
    public async Task What_is_beyond_a_bound_is_refused_whole()
    {
        await using var sidecar = await StartAsync("--Sink:MaxEventBytes=1000000");
        await ObserveAsync(sidecar, 1);

        (await CurlAsync(sidecar, "/truth", Binary, Data(10_001))).Status.ShouldBe(413);
        (await CurlAsync(sidecar, "/truth", Binary, new string(' ', 1_000_001))).Status.ShouldBe(413);

        (await sidecar.Labels.GetQueueAsync(new GetQueueRequest(), cancellationToken: Cancel)).State.Answered.ShouldBe(0u);
    }

    [Fact]
    public async Task While_nothing_can_be_stored_nothing_is_acknowledged()
    {
        await using var sidecar = await StartAsync();
        var requested = await ObserveAsync(sidecar, 10);
        using (new FailingTable(sidecar.Database, "labels"))
        {
            var (status, answer) = await CurlAsync(sidecar, "/truth", Binary, Data(10));
            status.ShouldBe(503, answer.ToString());
            (await MetricAsync(sidecar, "sink_truths_total{outcome=\"refused\"}")).ShouldBe(10);
        }

        var (again, stored) = await CurlAsync(sidecar, "/truth", Binary, Data(10));
        (again, stored.GetProperty("stored").GetInt32()).ShouldBe((200, 10));
        (await sidecar.Labels.GetQueueAsync(new GetQueueRequest(), cancellationToken: Cancel)).State.Answered.ShouldBe((ulong)requested);
    }

    [Fact]
    public async Task The_role_to_label_is_needed_for_the_model()
    {
        var tokens = Path.Combine(_folder, "tokens");
        await File.WriteAllLinesAsync(tokens, ((string[])["app", "truth", "other"]).Select(Token), Cancel);
        await using var sidecar = await StartAsync(
            "--Sink:Address=0.0.0.0", "--Sink:AllowAnonymous=true", $"--Access:TokenFile={tokens}",
            "--Access:Grants:0=token:app=observe", "--Access:Grants:1=token:truth=label@m", "--Access:Grants:2=token:other=label@another");
        await ObserveAsync(sidecar, 1);

        (await CurlAsync(sidecar, "/", Binary, Data(1))).Status.ShouldBe(401);
        (await CurlAsync(sidecar, "/truth", $"{Binary} -H 'Authorization: Bearer app'", Data(1))).Status.ShouldBe(403);
        (await CurlAsync(sidecar, "/truth", $"{Binary} -H 'Authorization: Bearer other'", Data(1))).Status.ShouldBe(403);
        var (status, answer) = await CurlAsync(sidecar, "/truth", $"{Binary} -H 'Authorization: Bearer truth'", Data(1));
        status.ShouldBe(200, answer.ToString());

        static string Token(string name) => $"{name} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<TestSidecar> StartAsync(params string[] settings) => TestSidecar.StartAsync([.. Settings, .. settings]);

    /// <summary>Predictions p-0, p-1, … of class 0 of two; how many of their labels are requested.</summary>
    private static async Task<int> ObserveAsync(TestSidecar sidecar, int rows)
    {
        var batch = Batches.Of([.. Enumerable.Repeat(new[] { 0.8f, 0.2f }, rows)], Batches.Ids("p", rows));
        var items = (await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: Cancel)).Items;
        await sidecar.Services.GetRequiredService<TruthWriter>().FlushAsync(Cancel);
        return items.Count(static i => i.LabelRequested);
    }

    private static string Data(int items, string @class = "1") =>
        $$"""{"model":"m","version":"1","items":[{{string.Join(',', Enumerable.Range(0, items).Select(i => $$"""{"id":"p-{{i}}","class":{{@class}}}"""))}}]}""";

    private static string Event(string id, string data) =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"shop/returns","type":"io.accuracymonitor.truth.v1",{{data}}}""";

    private async Task<(int Status, JsonElement Answer)> CurlAsync(TestSidecar sidecar, string path, string arguments, string body)
    {
        var file = Path.Combine(_folder, "body");
        await File.WriteAllTextAsync(file, body, Cancel);
        var said = await Script.RunAsync(
            _folder, $"curl -s --data-binary @'{file}' -w '\\n%{{http_code}}' {arguments} '{new Uri(sidecar.SinkAddress, path)}'");
        var end = said.LastIndexOf('\n');
        var answer = said[..end];
        return (int.Parse(said[(end + 1)..]), answer.StartsWith('{') ? JsonDocument.Parse(answer).RootElement : default);
    }

    private static async Task<double?> MetricAsync(TestSidecar sidecar, string series) => await sidecar.MetricAsync($"accuracy_monitor_{series}");
}
