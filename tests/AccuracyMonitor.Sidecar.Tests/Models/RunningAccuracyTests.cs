using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using RunningAccuracy = AccuracyMonitor.V1.RunningAccuracy;

namespace AccuracyMonitor.Sidecar.Tests.Models;

public sealed class RunningAccuracyTests
{
    private const string Sequence = "{model=\"m\",version=\"1\",sequence=\"beta_binomial\"}";

    private static readonly string[] Everything =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=1", "--Estimation:MinLabels=1", "--Estimation:Windows:0=6s",
            "--Estimation:BucketsPerWindow=6"];

    [Fact]
    public async Task Labels_CorrectedRetractedAndRestarted_GiveTheBoundsOfTheLabelsThatStand()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        try
        {
            await using (var sidecar = await TestSidecar.StartInAsync(folder, Everything))
            {
                await Traffic.SendAsync(sidecar, "a", 60);
                (await RunningAsync(sidecar)).ShouldBeEmpty();
                await Traffic.LabelAsync(sidecar, "a", 0, 60, label: 0);
                await Traffic.LabelAsync(sidecar, "a", 0, 10, label: 1);
                await sidecar.Labels.RetractAsync(new RetractRequest
                {
                    Predictions =
                    { Enumerable.Range(0, 2).Select(i => new PredictionRef { Model = "m", Version = "1", PredictionId = $"a-{i}" }) }
                });
                ShouldBe(await ExactAsync(sidecar), right: 50, labels: 58);
                var bounds = BetaBinomialSequence.Bounds(50, 58, 0.05);
                await Eventually.TrueAsync(
                    async () => await sidecar.MetricAsync("accuracy_monitor_running_accuracy_lower_bound_ratio" + Sequence) == bounds.Lower
                        && await sidecar.MetricAsync("accuracy_monitor_running_accuracy_upper_bound_ratio" + Sequence) == bounds.Upper,
                    "the bounds are exported");
                await sidecar.StopAsync();
            }

            await using var again = await TestSidecar.StartInAsync(folder, Everything);
            await Traffic.LabelAsync(again, "a", 2, 3, label: 0);
            await Traffic.SendAsync(again, "b", 1);
            ShouldBe(await ExactAsync(again), right: 53, labels: 58);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task ClosedWindows_OfFiftyLabels_AreKeptThroughARestart()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        try
        {
            await using (var sidecar = await TestSidecar.StartInAsync(folder, Everything))
            {
                await Traffic.SendAsync(sidecar, "a", 60);
                await Traffic.LabelAsync(sidecar, "a", 0, 45, label: 0);
                await Traffic.LabelAsync(sidecar, "a", 45, 15, label: 1);
                await Eventually.TrueAsync(async () => (await RunningAsync(sidecar)).Any(r => r.Sequence == SequenceKind.Asymptotic), "the window closes");
                await sidecar.StopAsync();
            }

            // Later than the window is long, so that only what was stored can tell of it.
            await using var again = await TestSidecar.StartLaterInAsync(folder, TimeSpan.FromSeconds(7), Everything);
            await Traffic.SendAsync(again, "b", 1);
            var running = (await RunningAsync(again)).Single(r => r.Sequence == SequenceKind.Asymptotic);

            running.Windows.ShouldBe(1u);
            running.Value.ShouldBe(0.75, 1e-9);
            running.LowerAlone.ShouldBeInRange(running.Lower, running.Value);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Counts_OfADatabaseThatWasSetAside_StayCounted_AndAnOlderReadingDoesNotReplaceANewerOne()
    {
        var running = new Sidecar.Models.RunningAccuracy(TimeSpan.FromHours(24));
        var first = running.UncountedChange!.Value;
        running.CountsChanged();
        running.Count(running.UncountedChange!.Value, new UniformLabelCount(10, 8));
        running.Count(first, new UniformLabelCount(9, 7));
        running.Uniform.ShouldBe((10L, 8L));

        running.CountsChanged();
        running.Count(running.UncountedChange!.Value, new UniformLabelCount(1, 0, Database: 1));
        running.Uniform.ShouldBe((11L, 8L));
        running.UncountedChange.ShouldBeNull();
    }

    private static void ShouldBe(RunningAccuracy running, int right, int labels)
    {
        var bounds = BetaBinomialSequence.Bounds(right, labels, 0.05);
        (running.Labels, running.Value, running.Lower, running.Upper).ShouldBe(((ulong)labels, bounds.Value, bounds.Lower, bounds.Upper));
    }

    private static async Task<RunningAccuracy> ExactAsync(TestSidecar sidecar) =>
        (await RunningAsync(sidecar)).Single(r => r.Sequence == SequenceKind.BetaBinomial);

    private static async Task<IReadOnlyList<RunningAccuracy>> RunningAsync(TestSidecar sidecar) =>
        (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" })).Running;
}
