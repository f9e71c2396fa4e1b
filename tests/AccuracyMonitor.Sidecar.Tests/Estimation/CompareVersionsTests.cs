using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Grpc.Core;
using EstimateKind = AccuracyMonitor.V1.EstimateKind;
using EstimateState = AccuracyMonitor.V1.EstimateState;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class CompareVersionsTests
{
    private static readonly string[] Everything =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=1", "--Estimation:Windows:0=1h"];

    [Fact]
    public async Task CompareVersions_CanaryWorse_GivesTheSquareAndAddBoundsOnTheWireAndAsMetrics()
    {
        await using var sidecar = await StartAsync(Everything);

        var answer = await sidecar.Estimates.CompareVersionsAsync(new CompareVersionsRequest { Model = "m", Version = "2", Baseline = "1" });

        var expected = Core.Estimation.AccuracyDifference.Between(Audited(answer.VersionEstimate), Audited(answer.BaselineEstimate));
        answer.Difference.State.ShouldBe(EstimateState.Ok);
        (answer.Difference.Value, answer.Difference.Lower, answer.Difference.Upper).ShouldBe((expected.Value, expected.Lower, expected.Upper));
        answer.Difference.Value.ShouldBe(-0.5, 1e-6);
        await Eventually.TrueAsync(
            async () => Math.Abs(await MetricAsync(sidecar, "", "2", "1") + 0.5 ?? 9) < 1e-6
                && await MetricAsync(sidecar, "upper_bound_", "2", "1") == expected.Upper,
            "the version with most predictions is the baseline");
        (await sidecar.Estimates.ListEstimatesAsync(new ListEstimatesRequest { Model = "m", Version = "2" })).Differences.Single().Baseline.ShouldBe("1");
    }

    [Fact]
    public async Task Baseline_Configured_IsComparedWithWhateverItsTraffic()
    {
        await using var sidecar = await StartAsync([.. Everything, "--Estimation:Baselines:0=m:2"]);

        await Eventually.TrueAsync(async () => await MetricAsync(sidecar, "", "1", "2") > 0, "version 1 is compared with 2");
        (await MetricAsync(sidecar, "", "2", "1")).ShouldBeNull();
    }

    [Fact]
    public async Task CompareVersions_WithoutLabelsOrWithItself_SaysSo()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await Traffic.SendAsync(sidecar, "a", 60);
        await Traffic.SendAsync(sidecar, "a", 60, version: "2");

        var answer = await sidecar.Estimates.CompareVersionsAsync(new CompareVersionsRequest { Model = "m", Version = "2", Baseline = "1" });
        answer.Difference.State.ShouldBe(EstimateState.InsufficientLabels);
        answer.Difference.HasValue.ShouldBeFalse();

        var same = await Should.ThrowAsync<RpcException>(async () => await sidecar.Estimates.CompareVersionsAsync(
            new CompareVersionsRequest { Model = "m", Version = "2", Baseline = "2" }));
        same.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        var unknown = await Should.ThrowAsync<RpcException>(async () => await sidecar.Estimates.CompareVersionsAsync(
            new CompareVersionsRequest { Model = "m", Version = "2", Baseline = "3" }));
        unknown.StatusCode.ShouldBe(StatusCode.NotFound);
    }

    // Fewer than 30 labels: the windows are not scored again, so that the answer and the metrics come of the same numbers.
    private static async Task<TestSidecar> StartAsync(string[] settings)
    {
        var sidecar = await TestSidecar.StartAsync(settings);
        await Traffic.SendAsync(sidecar, "a", 80);
        await Traffic.SendAsync(sidecar, "a", 40, version: "2");
        await Traffic.LabelAsync(sidecar, "a", 0, 28, label: 0);
        await Traffic.LabelAsync(sidecar, "a", 0, 14, label: 0, version: "2");
        await Traffic.LabelAsync(sidecar, "a", 14, 14, label: 1, version: "2");
        return sidecar;
    }

    private static Task<double?> MetricAsync(TestSidecar sidecar, string bound, string version, string baseline) =>
        sidecar.MetricAsync($"accuracy_monitor_accuracy_difference_{bound}ratio{{model=\"m\",version=\"{version}\",baseline=\"{baseline}\",window=\"1h\"}}");

    private static Interval Audited(V1.WindowEstimate window)
    {
        var audited = window.Estimates.Single(e => e.Kind == EstimateKind.Audited);
        return new Interval(audited.Value, audited.Lower, audited.Upper);
    }
}
