using System.Text;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Tests.ModelServers;

namespace AccuracyMonitor.Sidecar.Tests.Sinks;

/// <summary>Whatever order, however often, and whoever is dead behind it.</summary>
public sealed class DeliveryTests
{
    private static readonly byte[] Request = """{"inputs":[{"name":"x","shape":[2,1],"datatype":"FP32","data":[1,2]}]}"""u8.ToArray();

    [Fact]
    public async Task An_answer_before_its_request_and_delivered_three_times_counts_once()
    {
        await using var client = await SinkClient.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("a", SinkClient.Response, Answers.Rest());
        }

        await client.SendAsync("a", SinkClient.Request, Request);

        await client.UntilEventsAsync("duplicate", 2);
        await client.UntilEventsAsync("request", 1);
        await client.UntilPredictionsAsync(2);
        (await client.MetricAsync("""sink_unpaired_total{kind="response"}""")).ShouldBe(0);
    }

    [Fact]
    public async Task A_half_whose_other_half_never_comes_is_given_up_and_counted()
    {
        await using var client = await SinkClient.StartAsync("--Sink:PendingLifetime=00:00:00.2");

        await client.SendAsync("alone", SinkClient.Request, Request);

        await client.UntilAsync("""sink_unpaired_total{kind="request"}""", 1);
    }

    [Fact]
    public async Task Bodies_that_are_nothing_known_or_too_large_are_answered_and_counted()
    {
        await using var client = await SinkClient.StartAsync("--Sink:MaxEventBytes=1024");

        await client.SendAsync("garbage", SinkClient.Response, [1, 2, 3, 255, 0, 7]);
        await client.SendAsync("large", SinkClient.Response, new byte[5000]);
        await client.PostAsync("/", "no event at all"u8.ToArray(), "text/plain");
        await client.SendAsync("good", SinkClient.Response, Answers.Rest());

        await client.UntilPredictionsAsync(2);
        await client.UntilFailureAsync("undecodable", 1);
        await client.UntilFailureAsync("too_large", 1);
        await client.UntilEventsAsync("unreadable", 1);
    }

    [Fact]
    public async Task An_event_with_a_long_id_or_a_long_model_name_is_counted_as_such_and_nothing_of_it_is_kept()
    {
        await using var client = await SinkClient.StartAsync();
        var longName = new string('n', 129);

        await client.SendAsync(new string('i', 2000), SinkClient.Response, Answers.Rest());
        await client.SendAsync("long-model", SinkClient.Response, Encoding.UTF8.GetBytes(
            $$"""{"model_name":"{{longName}}","outputs":[{"name":"o","datatype":"FP32","shape":[1,2],"data":[1,0]}]}"""));
        await client.SendAsync("good", SinkClient.Response, Answers.Rest());

        await client.UntilFailureAsync("name_too_long", 2);
        await client.UntilPredictionsAsync(2);
    }

    [Fact]
    public async Task An_answer_of_more_rows_than_a_batch_may_have_is_counted_in_parts()
    {
        await using var client = await SinkClient.StartAsync("--Intake:MaxBatchRows=100");
        var rows = string.Join(',', Enumerable.Repeat("0.75,0.25", 250));

        await client.SendAsync("many", SinkClient.Response, Encoding.UTF8.GetBytes(
            $$"""{"model_name":"m","model_version":"1","outputs":[{"name":"o","datatype":"FP32","shape":[250,2],"data":[{{rows}}]}]}"""));

        await client.UntilPredictionsAsync(250);
        (await client.MetricAsync("captured_total{source=\"sink\"}")).ShouldBe(250);
    }

    [Fact]
    public async Task Another_sink_behind_this_one_gets_the_same_events()
    {
        await using var behind = await SinkClient.StartAsync();
        await using var client = await SinkClient.StartAsync($"--Sink:TeeUrl={behind.Sidecar.SinkAddress}");

        await client.SendAsync("a", SinkClient.Request, Request);
        await client.SendAsync("a", SinkClient.Response, Answers.Rest());

        await client.UntilPredictionsAsync(2);
        await behind.UntilPredictionsAsync(2);
        await client.UntilAsync("""sink_tee_events_total{outcome="sent"}""", 2);
    }

    [Fact]
    public async Task A_tee_that_leads_back_sends_each_event_once()
    {
        var port = Ports.Free();
        await using var client = await SinkClient.StartAsync($"--Sink:Port={port}", $"--Sink:TeeUrl=http://127.0.0.1:{port}/");

        await client.SendAsync("a", SinkClient.Response, Answers.Rest());

        await client.UntilAsync("""sink_tee_events_total{outcome="sent"}""", 1);
        await client.UntilEventsAsync("duplicate", 1);
        await client.UntilPredictionsAsync(2);
    }

    [Fact]
    public async Task Two_sinks_that_lead_to_each_other_pass_an_event_on_once()
    {
        var port = Ports.Free();
        await using var other = await SinkClient.StartAsync($"--Sink:Port={port}", "--Sink:TeeUrl=http://127.0.0.1:9/");
        await using var client = await SinkClient.StartAsync($"--Sink:TeeUrl=http://127.0.0.1:{port}/");

        await client.SendAsync("a", SinkClient.Response, Answers.Rest());

        await client.UntilAsync("""sink_tee_events_total{outcome="sent"}""", 1);
        await other.UntilPredictionsAsync(2);
        await other.UntilAsync("""sink_tee_events_total{outcome="dropped"}""", 1);
    }

    [Fact]
    public async Task An_event_that_is_delivered_again_is_not_passed_on_again()
    {
        await using var behind = await SinkClient.StartAsync();
        await using var client = await SinkClient.StartAsync($"--Sink:TeeUrl={behind.Sidecar.SinkAddress}");

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("a", SinkClient.Response, Answers.Rest());
        }

        await client.SendAsync("b", SinkClient.Response, Answers.Rest());
        await client.UntilEventsAsync("duplicate", 2);
        await client.UntilAsync("""sink_tee_events_total{outcome="sent"}""", 2);
        await behind.UntilEventsAsync("duplicate", 0);
    }

    [Fact]
    public async Task A_dead_sink_behind_this_one_costs_it_nothing_but_a_count()
    {
        await using var client = await SinkClient.StartAsync("--Sink:TeeUrl=http://127.0.0.1:9/", "--Sink:TeeTimeout=00:00:00.5");

        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync($"{i}", SinkClient.Response, Answers.Rest());
        }

        await client.UntilPredictionsAsync(40);
        await client.UntilAsync("""sink_tee_events_total{outcome="failed"}""", 20);
    }

    [Fact]
    public void Pending_calls_keep_within_their_number_and_bytes_and_give_up_the_oldest()
    {
        var now = DateTimeOffset.UnixEpoch;
        var pending = new PendingCalls(maxCalls: 3, maxBytes: 1_000_000, TimeSpan.FromSeconds(10));
        List<CallHalf> alone = [];
        for (var i = 0; i < 5; i++)
        {
            pending.Join(new CallHalf("", $"{i}", IsRequest: true), now.AddSeconds(i), alone).ShouldBeNull();
        }

        alone.Select(h => h.Id).ShouldBe(["0", "1"]);
        pending.Count.ShouldBe(3);
        pending.Join(new CallHalf("", "3", IsRequest: false), now.AddSeconds(6), alone)!.Id.ShouldBe("3");
        pending.Expire(now.AddSeconds(12.5), alone);
        alone.Select(h => h.Id).ShouldBe(["0", "1", "2"]);
        pending.Expire(now.AddSeconds(14), alone);
        (pending.Count, pending.Bytes).ShouldBe((0, 0L));
    }
}
