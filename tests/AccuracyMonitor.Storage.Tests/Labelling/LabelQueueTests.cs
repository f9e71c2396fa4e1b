using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class LabelQueueTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_request_comes_back_from_the_disk_as_it_was_given()
    {
        var given = Request("ä/1", classes: 10) with { Score = 1, InclusionProbability = double.Epsilon, MonitorLogit = -1e300 };
        await using (var store = await _disk.OpenAsync())
        {
            (await store.EnqueueAsync([given], [])).ShouldBe([RequestOutcome.Created]);
        }

        await using var again = await _disk.OpenAsync();
        var leased = (await again.LeaseAsync(new LeaseQuery { MaxItems = 5, Annotator = "ann" }, Start)).ShouldHaveSingleItem();
        leased.Request.Probabilities.ShouldBe(given.Probabilities);
        (leased.Request with { Probabilities = given.Probabilities }).ShouldBe(given);
        leased.Attempt.ShouldBe(1);
        leased.LeaseExpires.ShouldBe(Start.AddMinutes(10));
    }

    [Theory]
    [InlineData("a\0b", "a\0c")]
    [InlineData("é", "e\u0301")]
    [InlineData("A", "a")]
    [InlineData("1", "01")]
    [InlineData("' OR 1=1 --", "%")]
    public async Task Ids_are_told_apart_to_the_last_bit(string one, string other)
    {
        await using var store = await _disk.OpenAsync();
        (await store.EnqueueAsync([Request(one), Request(other)], [])).ShouldBe([RequestOutcome.Created, RequestOutcome.Created]);
        await store.CompleteAsync([new LabelAnswer { Key = Clothing, PredictionId = other, Label = 1 }], Start);
        var (first, second) = (await store.FindAsync(Clothing, one), await store.FindAsync(Clothing, other));
        (first!.PredictionId, first.Label, second!.PredictionId, second.Label).ShouldBe((one, null, other, 1));
    }

    [Fact]
    public async Task The_largest_class_count_is_kept_exactly()
    {
        await using var store = await _disk.OpenAsync();
        var given = Request("big", classes: 10_000);
        await store.EnqueueAsync([given], []);
        (await store.LeaseAsync(new LeaseQuery(), Start))[0].Request.Probabilities.ShouldBe(given.Probabilities);
    }

    [Fact]
    public async Task An_id_that_is_there_keeps_its_first_decision()
    {
        await using var store = await _disk.OpenAsync();
        var first = Request("a");
        await store.EnqueueAsync([first], []);
        (await store.EnqueueAsync([first with { InclusionProbability = 0.5 }, Request("b"), Request("b")], []))
            .ShouldBe([RequestOutcome.Existing, RequestOutcome.Created, RequestOutcome.Existing]);
        (await store.FindAsync(Clothing, "a"))!.InclusionProbability.ShouldBe(first.InclusionProbability);
    }

    [Fact]
    public async Task The_same_id_of_another_version_is_another_request()
    {
        await using var store = await _disk.OpenAsync();
        var other = new ModelKey("clothing", "8");
        (await store.EnqueueAsync([Request("a"), Request("a", other)], [])).ShouldBe([RequestOutcome.Created, RequestOutcome.Created]);
        await store.CompleteAsync([new LabelAnswer { Key = other, PredictionId = "a", Label = 1 }], Start);
        (await store.FindAsync(Clothing, "a"))!.State.ShouldBe(RequestState.Waiting);
        (await store.FindAsync(other, "a"))!.Label.ShouldBe(1);
    }

    [Theory]
    [InlineData(0.0, 0.5, 1.0, 1, "InclusionProbability")]
    [InlineData(1.5, 0.5, 1.0, 1, "InclusionProbability")]
    [InlineData(double.NaN, 0.5, 1.0, 1, "InclusionProbability")]
    [InlineData(0.1, double.NaN, 1.0, 1, "Score")]
    [InlineData(0.1, -0.1, 1.0, 1, "Score")]
    [InlineData(0.1, 0.5, double.PositiveInfinity, 1, "MonitorLogit")]
    [InlineData(0.1, 0.5, 1.0, 3, "PredictedClass")]
    public async Task A_request_out_of_bounds_is_refused_by_name_and_its_batch_with_it(double pi, double score, double logit, int predicted, string field)
    {
        await using var store = await _disk.OpenAsync();
        var bad = Request("bad") with { InclusionProbability = pi, Score = score, MonitorLogit = logit, PredictedClass = predicted };
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => store.EnqueueAsync([Request("good"), bad], []))).Message.ShouldContain(field);
        (await store.CountsAsync()).Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_that_is_no_probability_sample_has_inclusion_probability_0()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a") with { Policy = SamplingPolicy.TopUncertainty, InclusionProbability = 0 }], []);
        (await store.FindAsync(Clothing, "a"))!.IsProbabilitySample.ShouldBeFalse();
    }

    [Fact]
    public async Task Counts_are_of_what_was_asked_for()
    {
        await using var store = await _disk.OpenAsync();
        var other = new ModelKey("shoes", "7");
        await store.EnqueueAsync([Request("a", created: Start.AddSeconds(5)), Request("b"), Request("c"), Request("a", other)], []);
        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 2, Model = "clothing" }, Start);
        await store.CompleteAsync([new LabelAnswer { LeaseId = leases[0].LeaseId, Label = 1 }], Start);

        (await store.CountsAsync("clothing", "7")).ShouldBe(new QueueCounts(1, 1, 1, 0, 0, 0, Start));
        (await store.CountsAsync(version: "7")).Waiting.ShouldBe(2);
        (await store.CountsAsync("shoes")).ShouldBe(new QueueCounts(1, 0, 0, 0, 0, 0, Start));
        (await store.CountsAsync("hats")).ShouldBe(new QueueCounts(0, 0, 0, 0, 0, 0, null));
        (await store.CountsAsync()).Waiting.ShouldBe(2);
    }

    [Fact]
    public async Task All_requests_since_a_time_are_read_page_by_page_in_the_order_of_their_prediction()
    {
        await using var store = await _disk.OpenAsync();
        // More than two pages, many with the same time, put in backwards.
        var requests = Enumerable.Range(0, 2500).Select(i => Request($"r{i:0000}", created: Start.AddSeconds(-(i / 7)))).ToArray();
        await store.EnqueueAsync(requests, []);
        var since = Start.AddSeconds(-301);

        var read = new List<RequestSummary>();
        await foreach (var request in store.RequestsSinceAsync(since, cancellation: TestContext.Current.CancellationToken))
        {
            read.Add(request);
        }

        read.Select(r => r.PredictionTime).ShouldBe(read.Select(r => r.PredictionTime).Order());
        read.Select(r => r.PredictionId).Order(StringComparer.Ordinal)
            .ShouldBe(requests.Where(r => r.PredictionTime >= since).Select(r => r.PredictionId));
    }

    public void Dispose() => _disk.Dispose();
}
