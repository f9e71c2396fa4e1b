using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Adaptation;

public sealed class HeadRecalibrationTests
{
    [Theory]
    [InlineData("monitors")]
    [InlineData("activations")]
    [InlineData("decisions")]
    [InlineData("audit")]
    public async Task Run_AWriteFails_TheChampionStaysAndEachLabelHasJudgedOnce(string table)
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.LabelAsync("p", 100, right: 2);
        var champion = bench.Model.Monitor.Version;
        bench.Refusal.Start(table);

        await Should.ThrowAsync<StoreException>(() => RunAsync(bench));

        bench.Model.Monitor.Version.ShouldBe(champion);
        var trial = bench.Model.Adaptation.Heads!.Trial;
        var (judged, evidence) = (trial.Judged, trial.Evidence);
        bench.Refusal.End();
        var decision = await RunAsync(bench);
        decision.Promoted.ShouldBeTrue(decision.Reason);
        (trial.Judged, trial.Evidence).ShouldBe((judged, evidence));
        bench.Model.Monitor.Version.ShouldBe(decision.ChallengerVersion);
    }

    [Fact]
    public async Task Run_FewerLabelsThanTheSettingAsks_FitsNothingThatIsPublished()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.LabelAsync("p", 60, right: 2);

        var decision = await RunAsync(bench, new AdaptationOptions { RecalibrateMinLabels = 61 });

        (decision.Promoted, decision.Labels).ShouldBe((false, 60));
        decision.Reason.ShouldEndWith("61 are needed.");
    }

    [Fact]
    public async Task Run_MoreLabelsThanTheSettingKeeps_ReadsTheNewest()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.LabelAsync("p", 150, right: 2);

        await RunAsync(bench, new AdaptationOptions { MaxLabels = 100 });

        bench.Model.Adaptation.Heads!.Trial.Judged.ShouldBe(90, "the first ten are fitted only");
    }

    [Fact]
    public async Task Run_TheVersionIsRetired_LooksAtNoLabel()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.LabelAsync("p", 100, right: 2);
        await bench.RetireAsync();

        (await RunAsync(bench)).Reason.ShouldBe("The version is not in use any more.");

        bench.Model.Adaptation.Heads.ShouldBeNull();
    }

    private static async Task<PromotionRow> RunAsync(Workbench bench, AdaptationOptions? options = null) =>
        await new HeadRecalibration(bench.Store, bench.Get<MonitorManager>(), Options.Create(options ?? new AdaptationOptions()), bench.Clock)
            .RunAsync(bench.Model, Actor.Sidecar, TestContext.Current.CancellationToken);
}
