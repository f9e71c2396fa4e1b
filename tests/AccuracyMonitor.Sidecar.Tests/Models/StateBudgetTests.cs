using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Models;

public sealed class StateBudgetTests
{
    private const int Rows = 10;

    [Fact]
    public async Task A_version_without_room_for_its_state_is_refused_with_the_bound_and_counted_and_the_first_goes_on()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Memory:StateBytes=7000000");
        await ScoreAsync(sidecar, "1", "a");

        var error = await Should.ThrowAsync<RpcException>(() => ScoreAsync(sidecar, "2", "b"));

        error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("NO_STATE_LEFT");
        error.Status.Detail.ShouldContain("of 7000000 are in use (Memory:StateBytes)");
        (await sidecar.MetricAsync("accuracy_monitor_refusals_total{reason=\"state\"}")).ShouldBe(1);
        await ScoreAsync(sidecar, "1", "c");
    }

    [Fact]
    public async Task Segments_without_room_are_counted_under_the_others_or_in_all_traffic_alone()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Memory:StateBytes=5000000");
        for (var segment = 0; segment < 32; segment++)
        {
            await ScoreAsync(sidecar, "1", $"s{segment}", $"{segment}");
        }

        (await sidecar.MetricAsync("accuracy_monitor_segment_overflow_total")).ShouldNotBeNull().ShouldBeGreaterThan(0);
        (await CountedAsync(sidecar, "1")).ShouldBe(32 * Rows);
    }

    [Fact]
    public async Task A_version_beyond_the_cap_takes_the_place_of_the_one_used_longest_ago_which_comes_back_with_its_windows()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Intake:MaxModels=2", "--Memory:EvictAfter=00:00:01");
        await ScoreAsync(sidecar, "1", "a", "red");
        await ScoreAsync(sidecar, "2", "a");

        await Eventually.TrueAsync(() => TryScoreAsync(sidecar, "3", "a"), "one of the two makes room");
        await Eventually.TrueAsync(() => TryScoreAsync(sidecar, "1", "b", "red"), "the first comes back");

        (await CountedAsync(sidecar, "1")).ShouldBe(2 * Rows);
        (await CountedAsync(sidecar, "1", "red")).ShouldBe(2 * Rows);
        (await sidecar.MetricAsync("accuracy_monitor_evictions_total")).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(2);
    }

    private static async Task<bool> TryScoreAsync(TestSidecar sidecar, string version, string prefix, string segment = "")
    {
        try
        {
            await ScoreAsync(sidecar, version, prefix, segment);
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            return false;
        }
    }

    private static async Task ScoreAsync(TestSidecar sidecar, string version, string prefix, string segment = "") =>
        await sidecar.Predictions.ScoreAsync(new ScoreRequest
        {
            Batch = Batches.Of(Batches.Softmax(Rows, 4, seed: 1), Batches.Ids(prefix, Rows), version: version, segment: segment),
        });

    private static async Task<int> CountedAsync(TestSidecar sidecar, string version, string segment = "") =>
        (int)(await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = version, Segment = segment, Window = Duration.FromTimeSpan(TimeSpan.FromHours(1)) })).Estimate.Predictions;
}
