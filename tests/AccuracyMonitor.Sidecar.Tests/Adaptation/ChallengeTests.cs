using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Adaptation;

public sealed class ChallengeTests
{
    private static readonly string[] Settings =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Adaptation:RecalibrateEvery=0", "--Adaptation:FineTuneEvery=0",
            "--Sampling:MaxRequestsPerHour=100000"];

    [Fact]
    public async Task Each_label_judges_once_however_often_the_challengers_are_looked_at()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelAsync(sidecar, "a", 50, right: 8);
        var model = Model(sidecar);
        var heads = sidecar.Services.GetRequiredService<HeadRecalibration>();

        var first = await heads.RunAsync(model, Actor.Sidecar, cancel);
        var evidence = model.Adaptation.Heads!.Trial.Evidence;
        var again = await heads.RunAsync(model, Actor.Sidecar, cancel);

        (first.Promoted, again.Promoted).ShouldBe((false, false));
        model.Adaptation.Heads!.Trial.Evidence.ShouldBe(evidence);
        model.Adaptation.Heads!.Trial.Judged.ShouldBe(40);
        await LabelAsync(sidecar, "b", 10, right: 8);
        await heads.RunAsync(model, Actor.Sidecar, cancel);
        model.Adaptation.Heads!.Trial.Judged.ShouldBe(50);
    }

    [Fact]
    public async Task A_trial_that_is_replayed_after_a_restart_has_the_same_evidence()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        double evidence;
        await using (var sidecar = await TestSidecar.StartInAsync(folder, Settings))
        {
            foreach (var part in (string[])["a", "b"])
            {
                await LabelAsync(sidecar, part, 30, right: 8);
                await sidecar.Services.GetRequiredService<HeadRecalibration>().RunAsync(Model(sidecar), Actor.Sidecar, cancel);
            }

            evidence = Model(sidecar).Adaptation.Heads!.Trial.Evidence;
        }

        await using (var restarted = await TestSidecar.StartInAsync(folder, Settings))
        {
            await restarted.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f]]) }, cancellationToken: cancel);
            await restarted.Services.GetRequiredService<HeadRecalibration>().RunAsync(Model(restarted), Actor.Sidecar, cancel);
            Model(restarted).Adaptation.Heads!.Trial.Evidence.ShouldBe(evidence, 1e-9);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_head_that_explains_later_labels_is_promoted_once_the_store_takes_it()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelAsync(sidecar, "a", 100, right: 2);
        var model = Model(sidecar);
        var heads = sidecar.Services.GetRequiredService<HeadRecalibration>();
        using (new FailingTable(sidecar.Database, "activations"))
        {
            await Should.ThrowAsync<StoreException>(() => heads.RunAsync(model, Actor.Sidecar, cancel));
            model.Monitor.Head.ShouldBeNull("the champion stays while its successor is not on the disk");
        }

        var decision = await heads.RunAsync(model, Actor.Sidecar, cancel);

        decision.Promoted.ShouldBeTrue(decision.Reason);
        model.Monitor.Head.ShouldNotBeNull();
        var active = await Store(sidecar).Monitors.ActiveAsync(model.Key, cancel);
        active!.MonitorVersion.ShouldBe(decision.ChallengerVersion);
        active.Head.ShouldBe(model.Monitor.Head.ToBytes());
    }

    [Fact]
    public async Task Labels_that_judged_a_network_do_not_judge_again_after_a_restart()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        string[] settings = [.. Settings, "--Training:Mode=Off", $"--Monitor:Artifact={await NetworkAsync(folder)}"];
        NetworkEvidenceRow evidence;
        await using (var sidecar = await TestSidecar.StartInAsync(folder, settings))
        {
            await LabelAsync(sidecar, "a", 100, right: 5);
            var first = await sidecar.Services.GetRequiredService<NetworkFineTuning>().RunAsync(Model(sidecar), Actor.Sidecar, cancel);
            first.Labels.ShouldBe(40, "60 labels taught: " + first.Reason);
            first.Promoted.ShouldBeFalse(first.Reason);
            evidence = (await Store(sidecar).Monitors.NetworkEvidenceAsync(new ModelKey("m", "1"), Model(sidecar).Monitor.Version, cancel))!;
            evidence.LogValue.ShouldNotBe(0);
        }

        await using (var restarted = await TestSidecar.StartInAsync(folder, settings))
        {
            await restarted.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f]]) }, cancellationToken: cancel);
            var again = await restarted.Services.GetRequiredService<NetworkFineTuning>().RunAsync(Model(restarted), Actor.Sidecar, cancel);
            again.Reason.ShouldStartWith("100 labels, 0 of them to judge");
            await LabelAsync(restarted, "b", 30, right: 5);
            var later = await restarted.Services.GetRequiredService<NetworkFineTuning>().RunAsync(Model(restarted), Actor.Sidecar, cancel);
            later.Labels.ShouldBe(30, "only the new labels judge: " + later.Reason);
            (await Store(restarted).Monitors.NetworkEvidenceAsync(evidence.Key, evidence.ChampionVersion, cancel))!
                .LabelSequence.ShouldBe(evidence.LabelSequence + 30);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("network_evidence", 40)]
    [InlineData("decisions", 0)]
    public async Task A_failed_write_lets_labels_judge_a_network_once_and_the_champion_stay(string table, int judgesLeft)
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        await using var sidecar =
            await TestSidecar.StartInAsync(folder, [.. Settings, "--Training:Mode=Off", $"--Monitor:Artifact={await NetworkAsync(folder)}"]);
        await LabelAsync(sidecar, "a", 100, right: 5);
        var model = Model(sidecar);
        var champion = model.Monitor.Version;
        var networks = sidecar.Services.GetRequiredService<NetworkFineTuning>();
        using (new FailingTable(sidecar.Database, table))
        {
            await Should.ThrowAsync<StoreException>(() => networks.RunAsync(model, Actor.Sidecar, cancel));
        }

        model.Monitor.Version.ShouldBe(champion);
        var again = await networks.RunAsync(model, Actor.Sidecar, cancel);
        (judgesLeft == 0 ? 0 : again.Labels).ShouldBe(judgesLeft, again.Reason);
        again.Reason.Contains("0 of them to judge", StringComparison.Ordinal).ShouldBe(judgesLeft == 0, again.Reason);
    }

    private static MonitorStore Store(TestSidecar sidecar) => sidecar.Services.GetRequiredService<MonitorStore>();

    private static async Task<string> NetworkAsync(string folder)
    {
        var file = Path.Combine(folder, "monitor.tmon");
        await File.WriteAllBytesAsync(file, TernaryNetwork.File(classes: 2));
        return file;
    }

    private static ModelState Model(TestSidecar sidecar)
    {
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        return model;
    }

    /// <param name="right">How many of every ten labels say "right".</param>
    private static async Task LabelAsync(TestSidecar sidecar, string prefix, int rows, int right)
    {
        var vectors = Enumerable.Repeat(new[] { 0.8f, 0.2f }, rows).ToArray();
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(vectors, Batches.Ids(prefix, rows)) });
        await sidecar.Labels.CompleteAsync(new CompleteRequest
        {
            Answers = { Enumerable.Range(0, rows)
                .Select(i => new Answer { Model = "m", Version = "1", PredictionId = $"{prefix}-{i}", Label = i % 10 < right ? 0u : 1u }) },
        });
    }
}
