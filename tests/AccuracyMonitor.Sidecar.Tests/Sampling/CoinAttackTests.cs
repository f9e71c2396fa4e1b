using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Sampling;

/// <summary>A client knows how decisions are made, but not the key of the store, and chooses the ids of its predictions.</summary>
public sealed class CoinAttackTests : IDisposable
{
    private const int Predictions = 6000;

    /// <summary>The default; other tests run with a seed.</summary>
    private const string Secret = "--Sampling:Seed=";
    private static readonly string[] Settings =
        [Secret, "--Sampling:Budget=0.03", "--Estimation:MinLabels=20", "--Adaptation:RecalibrateEvery=0", "--Alarms:ValidityAlpha=0.000001"];

    private readonly string _folder = Directory.CreateTempSubdirectory("am-coin-").FullName;

    [Fact]
    public async Task Chosen_ids_do_not_choose_the_labels()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        var guess = new Sampler(new SamplerOptions(), new ModelKey("m", "1"));
        var next = 0;
        for (var sent = 0; sent < Predictions; sent += 500)
        {
            // 60 % are right, and the wrong ones get ids that the guessed coin does not choose.
            var ids = Enumerable.Range(sent, 500).Select(i => Id(i % 5 < 3)).ToArray();
            await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(500, 4, sent), ids) }, cancellationToken: cancel);
        }

        var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 1000, Annotator = "ann" }, cancellationToken: cancel);
        leased.Items.Count.ShouldBeGreaterThan(60);
        await sidecar.Labels.CompleteAsync(
            new CompleteRequest
            {
                Answers =
                {
                    leased.Items.Select(i => new Answer
                    {
                        LeaseId = i.LeaseId,
                        Label = i.PredictionId.StartsWith("right", StringComparison.Ordinal) ? i.PredictedClass : (i.PredictedClass + 1) % 4,
                    }),
                },
            },
            cancellationToken: cancel);

        Estimate? audited = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var answer = await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: cancel);
                audited = answer.Estimate.Estimates.Single(e => e.Kind == EstimateKind.Audited);
                return audited.State == EstimateState.Ok && answer.Estimate.Labels == (ulong)leased.Items.Count;
            },
            "the labels are in the estimate");
        audited!.Value.ShouldBeInRange(0.4, 0.8);

        string Id(bool right)
        {
            string id;
            do
            {
                id = $"{(right ? "right" : "wrong")}-{next++}";
            }
            while (StableHash.ToUniform(guess.HashOf(id)) < 0.5 != right);

            return id;
        }
    }

    [Fact]
    public async Task A_store_decides_the_same_after_a_restart_and_another_store_differently()
    {
        string[] settings = [Secret, "--Sampling:Budget=0.2", "--Sampling:Policy=Uniform"];
        string[] before, after, elsewhere;
        await using (var first = await TestSidecar.StartInAsync(_folder, settings))
        {
            before = await DecideAsync(first);
            Forget(first.Database);
        }

        await using (var again = await TestSidecar.StartInAsync(_folder, settings))
        {
            after = await DecideAsync(again);
        }

        await using (var other = await TestSidecar.StartAsync(settings))
        {
            elsewhere = await DecideAsync(other);
        }

        after.ShouldBe(before);
        elsewhere.ShouldNotBe(before);
    }

    [Fact]
    public async Task The_key_is_random_and_stays_in_the_store()
    {
        await using var sidecar = await TestSidecar.StartAsync(Secret);

        new Refusal(sidecar.Database).Scalar("SELECT COUNT(*) FROM store_secrets WHERE name = 'coin' AND length(value) = 32").ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string[]> DecideAsync(TestSidecar sidecar)
    {
        var batch = Batches.Of(Batches.Softmax(300, 4, 1), Batches.Ids("p", 300));
        var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);
        return [.. response.Items.Where(i => i.LabelRequested).Select(i => i.Id)];
    }

    // Without the stored requests nothing but the key can make the decisions the same.
    private static void Forget(string database) => new Refusal(database).Scalar("DELETE FROM label_requests");
}
