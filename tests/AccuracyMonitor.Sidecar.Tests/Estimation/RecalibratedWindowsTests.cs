using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;
using EstimateKind = AccuracyMonitor.V1.EstimateKind;
using EstimateState = AccuracyMonitor.V1.EstimateState;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class RecalibratedWindowsTests
{
    private const int Rows = 80;
    private const int Right = 52;
    private const int Wrong = 12;
    private const string OfCombined = "model=\"m\",version=\"1\",segment=\"\",window=\"1h\",estimate=\"combined\"";

    // A head that learned from the labels would end the validity alarm.
    private static readonly string[] Everything =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=1", "--Estimation:Windows:0=1h",
            "--Adaptation:RecalibrateMinLabels=1000"];

    [Fact]
    public async Task Window_WithLabels_CarriesWhatTheyTaughtOnTheWireAndAsMetricsUntilARestart()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        try
        {
            var expected = Expected();
            await using (var sidecar = await TestSidecar.StartInAsync(folder, Everything))
            {
                await LabelledAsync(sidecar);
                var window = await GetAsync(sidecar);
                ShouldBe(Of(window, EstimateKind.Combined)!, expected.Combined);
                ShouldBe(Of(window, EstimateKind.Audited)!, expected.Audited);
                (await MetricAsync(sidecar, "")).ShouldBe(expected.Combined.Value, 1e-4);
                (await MetricAsync(sidecar, "lower_bound_")).ShouldBe(expected.Combined.Lower, 1e-4);
                await sidecar.StopAsync();
            }

            // The kept rows are gone: what stands is the stream's own sums, in which equal scores correct nothing.
            await using var again = await TestSidecar.StartInAsync(folder, Everything);
            await Traffic.SendAsync(again, "later", 1);
            await Eventually.TrueAsync(
                async () => await again.MetricAsync("accuracy_monitor_window_labels{model=\"m\",version=\"1\",segment=\"\",window=\"1h\"}") is Right + Wrong,
                "the labels are counted");
            var plain = await GetAsync(again);
            Of(plain, EstimateKind.Combined).ShouldBeNull();
            Of(plain, EstimateKind.Audited)!.State.ShouldBe(EstimateState.Ok);
            Of(plain, EstimateKind.Audited)!.Value.ShouldBe((double)Right / (Right + Wrong), 1e-6);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Combined_ValidityAlarmFires_IsWithdrawnAndTheAuditedStays()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await LabelledAsync(sidecar);

        await Traffic.SendAsync(sidecar, "wrong", 60);
        await Traffic.LabelAsync(sidecar, "wrong", 0, 60, label: 1);
        await Eventually.TrueAsync(
            async () => await sidecar.MetricAsync($"accuracy_monitor_estimate_state_info{{{OfCombined},state=\"monitor_invalid\"}}") == 1,
            "the combined estimate is withdrawn");
        var window = await GetAsync(sidecar);

        window.ValidityAlarm.Firing.ShouldBeTrue();
        Of(window, EstimateKind.Combined)!.State.ShouldBe(EstimateState.MonitorInvalid);
        Of(window, EstimateKind.Combined)!.HasValue.ShouldBeFalse();
        Of(window, EstimateKind.Audited)!.State.ShouldBe(EstimateState.Ok);
    }

    [Fact]
    public async Task Apply_ResultOfAnEarlierWindow_IsNotPublishedForThisOne()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, "--Estimation:RefreshInterval=10m"]);
        await LabelledAsync(sidecar, wait: false);
        var windows = sidecar.Services.GetRequiredService<RecalibratedWindows>();
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        var end = DateTimeOffset.UtcNow;
        await windows.RefreshAsync(model, end);
        var plain = Plain();

        windows.Apply(model, 0, end.AddMinutes(5), plain).Combined.ShouldNotBeNull();
        windows.Apply(model, 0, end.AddMinutes(7), plain).ShouldBe(plain);
    }

    [Fact]
    public async Task Refresh_LabelsCorrected_MakesTheResultAnewThoughTheirNumberIsTheSame()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, "--Estimation:RefreshInterval=10m"]);
        await LabelledAsync(sidecar, wait: false);
        var windows = sidecar.Services.GetRequiredService<RecalibratedWindows>();
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        var end = DateTimeOffset.UtcNow;
        await windows.RefreshAsync(model, end);
        var before = windows.Apply(model, 0, end, Plain()).Audited;

        await Traffic.LabelAsync(sidecar, "a", 0, 20, label: 1);
        await windows.RefreshAsync(model, end.AddMinutes(3));

        windows.Apply(model, 0, end.AddMinutes(3), Plain()).Audited.Value.ShouldBeLessThan(before.Value - 0.1);
    }

    [Theory]
    [InlineData(0.5, 300, 5, true)]
    [InlineData(0.4, 30, 1.5, true)]
    [InlineData(0.7, 30, 2.1, true)]
    [InlineData(1.2, 30, 12, false)]
    public void Pace_CostAndWindow_ATenthOfTheTimeOrUpToAThirdOrNothing(double cost, double window, double pause, bool inTime) =>
        RecalibratedWindows.Pace(TimeSpan.FromSeconds(cost), TimeSpan.FromSeconds(window)).ShouldBe((TimeSpan.FromSeconds(pause), inTime));

    private static Core.Estimation.WindowEstimate Plain() => new()
    {
        Predictions = Rows,
        Labels = Right + Wrong,
        Requested = Rows,
        Unanswered = 0,
        MeanConfidence = 0.8,
        Lambda = 0,
        LabelFree = Some(Core.Estimation.EstimateKind.LabelFree),
        Labelled = Some(Core.Estimation.EstimateKind.Labelled),
        Audited = Some(Core.Estimation.EstimateKind.Audited),
    };

    /// <summary>From the same labels by hand: equal rows, each label standing for the requests per answer.</summary>
    private static RecalibratedWindow Expected()
    {
        float[] row = [0.8f, 0.2f];
        var logit = Math.Log(0.8 / 0.2);
        var labels = Enumerable.Range(0, Right + Wrong)
            .Select(i => new LabelledPrediction($"a-{i}", row, 0, logit, IsRight(i), (double)Rows / (Right + Wrong))).ToArray();
        var population = new WindowPopulation(
            [.. Enumerable.Repeat(row, Rows).SelectMany(r => r)], [.. Enumerable.Repeat(logit, Rows)], new int[Rows], 2);
        return RecalibratedWindow.Estimate(population, labels, [], new RecalibrationHeadOptions(), 0.05);
    }

    private static async Task LabelledAsync(TestSidecar sidecar, bool wait = true)
    {
        await Traffic.SendAsync(sidecar, "a", Rows);
        for (var i = 0; i < Right + Wrong; i++)
        {
            await Traffic.LabelAsync(sidecar, "a", i, 1, label: IsRight(i) ? 0u : 1u);
        }

        if (wait)
        {
            // Some of the labels can give the value that all of them give, but not its bound.
            var expected = Expected().Combined;
            await Eventually.TrueAsync(
                async () => Math.Abs(await MetricAsync(sidecar, "") - expected.Value) < 1e-4
                    && Math.Abs(await MetricAsync(sidecar, "lower_bound_") - expected.Lower) < 1e-4,
                "the combined estimate of all labels is exported");
        }
    }

    /// <summary>As often as the scores say and spread, so that the validity alarm is quiet.</summary>
    private static bool IsRight(int label) => label % 5 != 4;

    private static async Task<double> MetricAsync(TestSidecar sidecar, string bound) =>
        await sidecar.MetricAsync($"accuracy_monitor_accuracy_{bound}ratio{{{OfCombined}}}") ?? double.NaN;

    private static async Task<V1.WindowEstimate> GetAsync(TestSidecar sidecar) =>
        (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" })).Estimate;

    private static Estimate? Of(V1.WindowEstimate window, EstimateKind kind) => window.Estimates.SingleOrDefault(e => e.Kind == kind);

    private static void ShouldBe(Estimate published, AccuracyEstimate expected)
    {
        published.State.ShouldBe(EstimateState.Ok);
        published.Value.ShouldBe(expected.Value, 1e-4);
        published.Lower.ShouldBe(expected.Lower, 1e-4);
        published.Upper.ShouldBe(expected.Upper, 1e-4);
    }

    private static AccuracyEstimate Some(Core.Estimation.EstimateKind kind) => new(kind, Core.Estimation.EstimateState.Ok, 0.8, 0.7, 0.9, 60);
}
