using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Adaptation;

public sealed class ChallengeTests
{
    private static readonly string[] Settings =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Adaptation:HeadEvery=0", "--Adaptation:NetworkEvery=0", "--Sampling:MaxRequestsPerHour=100000"];

    [Fact]
    public async Task Each_label_judges_once_however_often_the_challengers_are_looked_at()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelAsync(sidecar, "a", 50, right: 8);
        var model = Model(sidecar);
        var heads = sidecar.Services.GetRequiredService<HeadRecalibration>();

        var first = await heads.RunAsync(model, cancel);
        var evidence = model.Adaptation.Heads!.Trial.Evidence;
        var again = await heads.RunAsync(model, cancel);

        (first.Promoted, again.Promoted).ShouldBe((false, false));
        model.Adaptation.Heads!.Trial.Evidence.ShouldBe(evidence);
        model.Adaptation.Heads!.Trial.Judged.ShouldBe(40);
        await LabelAsync(sidecar, "b", 10, right: 8);
        await heads.RunAsync(model, cancel);
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
                await sidecar.Services.GetRequiredService<HeadRecalibration>().RunAsync(Model(sidecar), cancel);
            }

            evidence = Model(sidecar).Adaptation.Heads!.Trial.Evidence;
        }

        await using (var restarted = await TestSidecar.StartInAsync(folder, Settings))
        {
            await restarted.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f]]) }, cancellationToken: cancel);
            await restarted.Services.GetRequiredService<HeadRecalibration>().RunAsync(Model(restarted), cancel);
            Model(restarted).Adaptation.Heads!.Trial.Evidence.ShouldBe(evidence, 1e-9);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static ModelState Model(TestSidecar sidecar)
    {
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        return model;
    }

    /// <param name="right">Of ten.</param>
    private static async Task LabelAsync(TestSidecar sidecar, string prefix, int rows, int right)
    {
        var vectors = Enumerable.Repeat(new[] { 0.8f, 0.2f }, rows).ToArray();
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(vectors, Batches.Ids(prefix, rows)) });
        await sidecar.Labels.CompleteAsync(new CompleteRequest
        {
            Answers = { Enumerable.Range(0, rows).Select(i => new Answer { Model = "m", Version = "1", PredictionId = $"{prefix}-{i}", Label = i % 10 < right ? 0u : 1u }) },
        });
    }
}
