using System.Net;
using System.Text;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Sidecar.Tests.Tap;

public sealed class RestTapTests
{
    [Fact]
    public async Task A_call_and_its_answer_pass_as_they_are_and_the_answer_is_read()
    {
        var body = Answers.Rest();
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(body, headers: [("Server", "triton"), ("X-Own", "1")]));
        var request = Encoding.UTF8.GetBytes("""{"inputs":[{"name":"x","shape":[2,1],"datatype":"FP32","data":[1,2]}]}""");

        using var answer =
            await tapped.RestAsync(body: request, headers: [("X-Tenant", "eu"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]);

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(body);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        answer.Headers.Server.ToString().ShouldBe("triton");
        answer.Headers.GetValues("X-Own").ShouldBe(["1"]);
        var asked = tapped.Server.Calls.ShouldHaveSingleItem();
        asked.Body.ShouldBe(request);
        asked.Path.ShouldBe(Tapped.RestPath);
        asked.Headers["X-Tenant"].ShouldBe("eu");
        asked.Headers["traceparent"].ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        asked.Headers["Host"].ShouldBe(tapped.Sidecar.TapAddress(ListenerUse.TapRest).Authority, "the server sees the name that the caller used");
        asked.Headers.Keys.ShouldNotContain(h => h.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase));
        await tapped.UntilCapturedAsync(2);
        await tapped.UntilAsync("""predictions_total{model="m",version="1"}""", 2);
        await tapped.UntilCallsAsync("rest", "answered", 1);
    }

    [Fact]
    public async Task The_caller_is_told_the_id_under_which_its_rows_may_be_labelled()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(Answers.Rest()), "--Sampling:Budget=1", "--Sampling:Policy=Uniform");

        using var answer = await tapped.RestAsync();
        var id = answer.Headers.GetValues("accuracy-monitor-id").ShouldHaveSingleItem();

        await tapped.UntilAsync("""label_requests_total{model="m",version="1",policy="uniform"}""", 2);
        await tapped.Sidecar.Labels.CompleteAsync(
            new V1.CompleteRequest { Answers = { new V1.Answer { Model = "m", Version = "1", PredictionId = $"{id}#1", Label = 1 } } });
        (await tapped.MetricAsync("""labels_total{model="m",version="1",outcome="correct"}""")).ShouldBe(1);
    }

    [Theory]
    [InlineData("accuracy-monitor-id", "order-17", "order-17")]
    [InlineData("Ce-Id", "0a8d", "0a8d")]
    [InlineData("Ce-Id", "not one word", null)]
    [InlineData("X-Request-Id", "not asked for", null)]
    public async Task An_id_that_the_caller_brings_is_kept(string header, string value, string? expected)
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(Answers.Rest()));

        using var answer = await tapped.RestAsync(headers: [(header, value)]);

        var id = answer.Headers.GetValues("accuracy-monitor-id").ShouldHaveSingleItem();
        if (expected is null)
        {
            Guid.TryParse(id, out _).ShouldBeTrue();
        }
        else
        {
            id.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_repeated_id_is_counted_once_and_said_to_be_one()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(Answers.Rest()));

        for (var i = 0; i < 2; i++)
        {
            (await tapped.RestAsync(headers: [("Ce-Id", "same")])).Dispose();
        }

        await tapped.UntilFailureAsync("duplicate_id", 2);
        (await tapped.MetricAsync("""predictions_total{model="m",version="1"}""")).ShouldBe(2);
    }

    [Fact]
    public async Task The_id_in_the_answer_counts_where_that_is_set()
    {
        await using var tapped = await Tapped.StartAsync(
            ScriptedServer.RestAnswer(Answers.Rest()), "--Tap:IdFromAnswer=true", "--Sampling:Budget=1", "--Sampling:Policy=Uniform");

        using var answer = await tapped.RestAsync();

        answer.Headers.Contains("accuracy-monitor-id").ShouldBeFalse();
        await tapped.UntilAsync("""label_requests_total{model="m",version="1",policy="uniform"}""", 2);
        var found = await tapped.Sidecar.Labels.CompleteAsync(
            new V1.CompleteRequest { Answers = { new V1.Answer { Model = "m", Version = "1", PredictionId = "from-the-server#0", Label = 0 } } });
        found.ToString().ShouldNotContain("NOT_FOUND");
    }

    [Fact]
    public async Task Binary_tensors_are_read_by_the_header_of_their_length()
    {
        var body = Answers.RestBinary();
        var json = body.AsSpan().IndexOf("}]}"u8) + 3;
        await using var tapped = await Tapped.StartAsync(
            ScriptedServer.RestAnswer(body, contentType: "application/octet-stream", headers: [("Inference-Header-Content-Length", $"{json}")]));

        using var answer = await tapped.RestAsync();

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(body);
        await tapped.UntilCapturedAsync(2);
    }

    [Fact]
    public async Task A_packed_answer_passes_packed_and_is_read()
    {
        var packed = Answers.Gzip(Answers.Rest());
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(packed, headers: [("Content-Encoding", "gzip")]));

        using var answer = await tapped.RestAsync(headers: [("Accept-Encoding", "gzip")]);

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(packed);
        await tapped.UntilCapturedAsync(2);
    }

    [Fact]
    public async Task The_version_in_the_path_counts_where_the_answer_names_none()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(Answers.Rest(model: null, version: null)));

        (await tapped.RestAsync("/v2/models/clothing/versions/7/infer")).Dispose();

        await tapped.UntilAsync("""predictions_total{model="clothing",version="7"}""", 2);
    }

    [Fact]
    public async Task A_failure_of_the_model_passes_and_is_a_capture_failure()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer("""{"error":"no such model"}"""u8.ToArray(), status: 404));

        using var answer = await tapped.RestAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"error":"no such model"}""");
        await tapped.UntilFailureAsync("failed_call", 1);
        await tapped.UntilCallsAsync("rest", "failed", 1);
    }

    [Fact]
    public async Task An_answer_beyond_the_bound_passes_whole_and_is_a_capture_failure()
    {
        var body = new byte[300_000];
        new Random(1).NextBytes(body);
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(body), "--Tap:MaxAnswerBytes=100000");

        using var answer = await tapped.RestAsync();

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(body);
        await tapped.UntilFailureAsync("too_large", 1);
    }

    [Fact]
    public async Task A_large_input_passes()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(Answers.Rest()));
        var input = new byte[40_000_000];

        (await tapped.RestAsync(body: input)).StatusCode.ShouldBe(HttpStatusCode.OK);

        tapped.Server.Calls.ShouldHaveSingleItem().Body.Length.ShouldBe(input.Length);
    }

    [Theory]
    [InlineData("/v1/models/m:predict")]
    [InlineData("/v2/models/m/generate")]
    public async Task A_call_in_another_protocol_passes_and_is_a_capture_failure(string path)
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer("{}"u8.ToArray()));

        (await tapped.RestAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await tapped.UntilFailureAsync("other_protocol", 1);
    }

    [Fact]
    public async Task What_is_no_call_for_predictions_passes_uncounted()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer("{}"u8.ToArray()));

        using var live = await tapped.Http.GetAsync(new Uri(tapped.Sidecar.TapAddress(ListenerUse.TapRest), "/v2/health/live"));

        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        live.Headers.Contains("accuracy-monitor-id").ShouldBeFalse();
        (await tapped.Sidecar.ScrapeAsync()).Split('\n').ShouldNotContain(
            l => l.StartsWith("accuracy_monitor_capture_failures_total{source=\"tap\"", StringComparison.Ordinal)
                && !l.EndsWith(" 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pieces_pass_as_they_come()
    {
        var second = new TaskCompletionSource();
        await using var tapped = await Tapped.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: one\n\n");
            await context.Response.Body.FlushAsync();
            await second.Task;
            await context.Response.WriteAsync("data: two\n\n");
        });

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(tapped.Sidecar.TapAddress(ListenerUse.TapRest), "/v2/models/m/generate_stream"));
        using var answer = await tapped.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldBe("data: one");
        second.SetResult();
        (await reader.ReadToEndAsync()).ShouldContain("data: two");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_502_and_counted()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer([]));
        await tapped.Server.DisposeAsync();

        using var answer = await tapped.RestAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        await tapped.UntilCallsAsync("rest", "unreachable", 1);
        await tapped.UntilFailureAsync("failed_call", 1);
    }

    [Fact]
    public async Task A_caller_that_goes_away_is_gone_at_the_server_too()
    {
        var gone = new TaskCompletionSource();
        await using var tapped = await Tapped.StartAsync(async context =>
        {
            using var registration = context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task.WaitAsync(TimeSpan.FromMinutes(1));
        });
        using var leave = new CancellationTokenSource();

        var call = tapped.Http.PostAsync(new Uri(tapped.Sidecar.TapAddress(ListenerUse.TapRest), Tapped.RestPath), new StringContent("{}"), leave.Token);
        await Eventually.TrueAsync(() => Task.FromResult(!tapped.Server.Calls.IsEmpty), "the call is at the server");
        await leave.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
        await gone.Task;
        await tapped.UntilCallsAsync("rest", "cancelled", 1);
    }

    [Fact]
    public async Task A_connection_beyond_the_bound_is_closed_and_counted()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer([]), "--Tap:MaxConnections=1");
        var address = new Uri(tapped.Sidecar.TapAddress(ListenerUse.TapRest), Tapped.RestPath);
        using var first = await tapped.RestAsync();
        using var other = new HttpClient();

        await Should.ThrowAsync<HttpRequestException>(other.PostAsync(address, new StringContent("{}")));

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        await tapped.UntilAsync("""refusals_total{reason="connections"}""", 1);
    }

    [Fact]
    public async Task Ready_means_that_the_model_server_takes_connections()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer([]));
        var probes = tapped.Sidecar.TapAddress(ListenerUse.TapProbes);

        (await tapped.Http.GetAsync(new Uri(probes, "/readyz"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await tapped.Server.DisposeAsync();

        (await tapped.Http.GetAsync(new Uri(probes, "/readyz"))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await tapped.Http.GetAsync(new Uri(probes, "/livez"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
