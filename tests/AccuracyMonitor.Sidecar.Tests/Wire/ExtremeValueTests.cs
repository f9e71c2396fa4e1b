using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

/// <summary>The extremes of each type on the wire: a bad value is named in the answer, and the good rows and batches beside it are counted.</summary>
public sealed class ExtremeValueTests
{
    public static TheoryData<long> Times =>
        [long.MinValue, long.MinValue + 1, -62_135_596_800_000_001, -1, 0, 253_402_300_800_000_000, long.MaxValue - 1, long.MaxValue];

    public static TheoryData<float, ItemStatus> Values => new()
    {
        { float.NaN, ItemStatus.NotFinite },
        { float.PositiveInfinity, ItemStatus.NotFinite },
        { float.NegativeInfinity, ItemStatus.NotFinite },
        { float.MaxValue, ItemStatus.SumOutOfTolerance },
        { float.MinValue, ItemStatus.Negative },
        { float.Epsilon, ItemStatus.Accepted },
        { -0f, ItemStatus.Accepted },
    };

    public static TheoryData<long, int> Durations => new()
    {
        { long.MinValue, 0 },
        { long.MaxValue, 0 },
        { long.MaxValue, int.MaxValue },
        { 300, int.MinValue },
        { 300, int.MaxValue },
        { 300, -1 },
        { -300, 1 },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_time_beyond_every_window_is_one_rejected_row_of_a_stream_that_goes_on(long microseconds)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync();
        using var call = sidecar.Predictions.Observe(cancellationToken: cancel);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000;
        var bad = Batches.Of([[0.9f, 0.1f], [0.8f, 0.2f]], ["bad", "good"]);
        bad.TimesUnixUs.Add([microseconds, now]);
        await call.RequestStream.WriteAsync(new ObserveRequest { Sequence = 1, Batch = bad }, cancel);
        await call.RequestStream.WriteAsync(new ObserveRequest { Sequence = 2, Batch = Batches.Of([[0.7f, 0.3f]], ["next"]) }, cancel);
        await call.RequestStream.CompleteAsync();

        var responses = await call.ResponseStream.ReadAllAsync(cancel).ToListAsync(cancel);

        responses.Select(r => r.Sequence).ShouldBe([1ul, 2ul]);
        responses[0].Items.Select(i => i.Status).ShouldBe([ItemStatus.TimeOutOfRange, ItemStatus.Accepted]);
        responses[1].Accepted.ShouldBe(1u);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_that_is_no_probability_rejects_its_own_row_only(float value, ItemStatus expected)
    {
        await using var sidecar = await TestSidecar.StartAsync();

        var response = await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of([[1f, value], [0.5f, 0.5f]], ["extreme", "good"]) },
            cancellationToken: TestContext.Current.CancellationToken);

        response.Items.Select(i => i.Status).ShouldBe([expected, ItemStatus.Accepted]);
    }

    [Theory]
    [MemberData(nameof(Durations))]
    public async Task A_duration_that_is_none_is_named_in_the_answer(long seconds, int nanos)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync();
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.5f, 0.5f]]) }, cancellationToken: cancel);
        var duration = new Duration { Seconds = seconds, Nanos = nanos };

        var window = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1", Window = duration }, cancellationToken: cancel));
        var lease = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 1, LeaseDuration = duration }, cancellationToken: cancel));

        window.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        window.Status.Detail.ShouldStartWith($"window is {seconds} s");
        lease.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        lease.Status.Detail.ShouldStartWith($"lease_duration is {seconds} s");
    }

    [Fact]
    public async Task A_kind_of_adaptation_that_is_unknown_is_refused()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync();
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.5f, 0.5f]]) }, cancellationToken: cancel);

        var refused = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Monitors.AdaptMonitorAsync(
                new AdaptMonitorRequest { Model = "m", Version = "1", Kind = (AdaptationKind)int.MaxValue }, cancellationToken: cancel));

        refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refused.Status.Detail.ShouldContain("2147483647");
    }
}
