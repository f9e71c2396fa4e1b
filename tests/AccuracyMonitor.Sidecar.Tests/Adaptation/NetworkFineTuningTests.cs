using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Adaptation;

public sealed class NetworkFineTuningTests
{
    private readonly List<int> _trainedOn = [];

    [Fact]
    public async Task Run_EnoughLabels_TrainsOnceOnTheOlderLabels()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.AdoptNetworkAsync();
        await bench.LabelAsync("p", 100, right: 5);

        var decision = await RunAsync(bench);

        decision.Labels.ShouldBe(40, decision.Reason);
        _trainedOn.ShouldBe([60]);
    }

    [Fact]
    public async Task Run_TheLabelsLeftCannotRaiseTheEvidenceEnough_TrainsNothing()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.AdoptNetworkAsync();
        await bench.LabelAsync("p", 100, right: 5);
        var judged = await SequenceAsync(bench, 60);
        await bench.Store.Monitors.SaveNetworkEvidenceAsync(
            new NetworkEvidenceRow(bench.Model.Key, bench.Model.Monitor.Version, LogValue: -100, Mean: 0, Square: 0, judged),
            TestContext.Current.CancellationToken);

        var decision = await RunAsync(bench);

        decision.Promoted.ShouldBeFalse();
        decision.Reason.ShouldStartWith("40 labels cannot raise the e-value from 3.72E-44 to ");
        _trainedOn.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(99)]
    [InlineData(20)]
    public async Task Run_TooFewLabels_TrainsNothing(int labels)
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.AdoptNetworkAsync();
        await bench.LabelAsync("p", labels, right: 5);

        (await RunAsync(bench)).Reason.ShouldContain("100 are needed");

        _trainedOn.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_TheChampionIsNoNetwork_TrainsNothing()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.LabelAsync("p", 100, right: 5);

        (await RunAsync(bench)).Reason.ShouldEndWith("is not a network.");

        _trainedOn.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("network_evidence", 2)]
    [InlineData("decisions", 1)]
    public async Task Run_AWriteFails_TheChampionStaysAndTheNextRunIsNotBlocked(string table, int trainings)
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.AdoptNetworkAsync();
        await bench.LabelAsync("p", 100, right: 5);
        var champion = bench.Model.Monitor.Version;
        bench.Refusal.Start(table);

        await Should.ThrowAsync<StoreException>(() => RunAsync(bench));

        bench.Model.Monitor.Version.ShouldBe(champion);
        bench.Refusal.End();
        await RunAsync(bench);
        _trainedOn.Count.ShouldBe(trainings, "labels whose evidence is stored judge no second network");
    }

    [Fact]
    public async Task Run_TheVersionIsRetired_TrainsNothing()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.AdoptNetworkAsync();
        await bench.LabelAsync("p", 100, right: 5);
        await bench.RetireAsync();

        (await RunAsync(bench)).Reason.ShouldBe("The version is not in use any more.");

        _trainedOn.ShouldBeEmpty();
    }

    private async Task<PromotionRow> RunAsync(Workbench bench) =>
        await new NetworkFineTuning(
                bench.Store, bench.Get<MonitorManager>(), bench.Get<MonitorLoader>(), CountingFineTune, Options.Create(new AdaptationOptions()), bench.Clock)
            .RunAsync(bench.Model, Actor.Sidecar, TestContext.Current.CancellationToken);

    private byte[] CountingFineTune(MonitorSnapshot champion, IReadOnlyList<LabelledPrediction> labels, CancellationToken cancel)
    {
        _trainedOn.Add(labels.Count);
        return champion.Graph;
    }

    private static async Task<long> SequenceAsync(Workbench bench, int count)
    {
        var labelled = await bench.Store.LabelledRequestsAsync(
            bench.Model.Key, DateTimeOffset.MinValue, 1000, TestContext.Current.CancellationToken);
        return labelled[count - 1].LabelSequence;
    }
}
