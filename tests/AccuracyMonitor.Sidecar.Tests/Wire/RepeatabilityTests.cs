using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class RepeatabilityTests
{
    [Fact]
    public async Task The_same_seed_gives_the_same_scores_and_decisions_and_another_seed_other_decisions()
    {
        var first = await RunAsync("--Sampling:Seed=7");
        var second = await RunAsync("--Sampling:Seed=7");
        var other = await RunAsync("--Sampling:Seed=8");

        second.ShouldBe(first);
        other.Select(o => o.Score).ShouldBe(first.Select(o => o.Score));
        other.Select(o => o.Requested).ShouldNotBe(first.Select(o => o.Requested));
        first.Count(o => o.Requested).ShouldBeInRange(60, 140);
    }

    private static async Task<List<(string Id, float Score, bool Requested)>> RunAsync(string seed)
    {
        await using var sidecar = await TestSidecar.StartAsync(seed, "--Sampling:Budget=0.02");
        List<(string, float, bool)> outcomes = [];
        for (var i = 0; i < 10; i++)
        {
            var response =
                await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(500, 10, i), Batches.Ids($"r{i}", 500)) });
            outcomes.AddRange(response.Items.Select(item => (item.Id, item.CorrectnessScore, item.LabelRequested)));
        }

        return outcomes;
    }
}
