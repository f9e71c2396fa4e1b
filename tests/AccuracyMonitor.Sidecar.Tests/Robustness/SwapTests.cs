using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

public sealed class SwapTests
{
    [Fact]
    public async Task A_batch_is_scored_by_one_monitor_and_named_after_it_however_often_monitors_change()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync();
        float[][] rows = [.. Enumerable.Repeat(new[] { 0.7f, 0.3f }, 100)];
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(rows) }, cancellationToken: cancel);
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();

        using var swapping = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var swaps = 0;
        var swapper = Task.Run(async () =>
        {
            while (!swapping.IsCancellationRequested)
            {
                var shift = swaps++ % 7;
                var scorer = new SharedScorer(new CalibratedScoreScorer(new ScoreCalibration(1, shift), $"s{shift}"));
                using var next = MonitorLease.OfCreator(new MonitorSnapshot(scorer, null, $"s{shift}", $"s{shift}", [], Proven: true, TrainedThrough: 0));
                model.Adopt(next);
                await Task.Yield();
            }
        });

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 300; i++)
        {
            var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(rows) }, cancellationToken: cancel);
            seen.Add(response.MonitorVersion);
            if (response.MonitorVersion.StartsWith('s') && int.TryParse(response.MonitorVersion.AsSpan(1), out var shift))
            {
                var expected = 1 / (1 + Math.Exp(-(Math.Log(0.7 / 0.3) + shift)));
                response.Items.ShouldAllBe(item => Math.Abs(item.CorrectnessScore - expected) < 1e-4);
            }
        }

        await swapping.CancelAsync();
        await swapper;
        swaps.ShouldBeGreaterThan(100);
        seen.Count.ShouldBeGreaterThan(2);
    }
}
