using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Models;

public sealed class StateBudgetTests
{
    private const int Rows = 10;

    /// <summary>Bytes of one version of four classes and a half of another.</summary>
    private static readonly long Room = Plan(budget: 1).VersionBytes(classCount: 4) / 2 * 3;

    [Fact]
    public async Task A_version_without_room_for_its_state_is_refused_with_the_bound_and_counted_and_the_first_goes_on()
    {
        await using var sidecar = await TestSidecar.StartAsync($"--Memory:StateBytes={Room}");
        await ScoreAsync(sidecar, "1", "a");

        var error = await Should.ThrowAsync<RpcException>(() => ScoreAsync(sidecar, "2", "b"));

        error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("NO_STATE_LEFT");
        error.Status.Detail.ShouldContain($"of {Room} are in use (Memory:StateBytes)");
        (await sidecar.MetricAsync("accuracy_monitor_refusals_total{reason=\"state\"}")).ShouldBe(1);
        await ScoreAsync(sidecar, "1", "c");
    }

    [Fact]
    public async Task Segments_without_room_are_counted_under_the_others_or_in_all_traffic_alone()
    {
        await using var sidecar = await TestSidecar.StartAsync($"--Memory:StateBytes={Room}");
        for (var segment = 0; segment < 32; segment++)
        {
            await ScoreAsync(sidecar, "1", $"s{segment}", $"{segment}");
        }

        (await sidecar.MetricAsync("accuracy_monitor_segment_overflow_total")).ShouldNotBeNull().ShouldBeGreaterThan(0);
        (await CountedAsync(sidecar, "1")).ShouldBe(32 * Rows);
    }

    [Theory]
    [InlineData(128L << 20, 64)]
    [InlineData(1L << 40, 64)]
    public void The_versions_that_the_cap_allows_fit_into_the_budget_of_the_default_container(long bytes, int versions)
    {
        var plan = Plan(bytes);

        for (var version = 0; version < versions; version++)
        {
            plan.Budget.TryTake(plan.VersionBytes(classCount: 10)).ShouldBeTrue($"version {version}");
        }
    }

    [Fact]
    public void Much_memory_remembers_as_many_ids_as_are_set_and_little_memory_a_thousand_at_least()
    {
        Plan(1L << 40).RememberedIds.ShouldBe(new IntakeOptions().RememberedIds);
        Plan(128L << 20).RememberedIds.ShouldBe(32_768);
        Plan(1).RememberedIds.ShouldBe(1024);
    }

    private static ModelPlan Plan(long budget) => new(new IntakeOptions().ToLimits(), new EstimationOptions().ToPlan(), new Lazy<SamplerOptions>())
    {
        Budget = new StateBudget(budget),
    };

    private static async Task ScoreAsync(TestSidecar sidecar, string version, string prefix, string segment = "") =>
        await sidecar.Predictions.ScoreAsync(new ScoreRequest
        {
            Batch = Batches.Of(Batches.Softmax(Rows, 4, seed: 1), Batches.Ids(prefix, Rows), version: version, segment: segment),
        });

    private static async Task<int> CountedAsync(TestSidecar sidecar, string version, string segment = "") =>
        (int)(await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest
        {
            Model = "m",
            Version = version,
            Segment = segment,
            Window = Duration.FromTimeSpan(TimeSpan.FromHours(1)),
        })).Estimate.Predictions;
}
