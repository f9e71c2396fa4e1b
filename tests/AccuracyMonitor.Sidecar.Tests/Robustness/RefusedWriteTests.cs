using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

/// <summary>A whole sidecar whose store refuses some writes for a while.</summary>
public sealed class RefusedWriteTests
{
    private const string AllPredictions =
        "SELECT SUM(predictions) FROM prediction_buckets WHERE predicted_class = -2 AND segment = '' AND \"window\" = (SELECT MAX(\"window\") FROM "
            + "prediction_buckets)";

    [Fact]
    public async Task WindowSums_WhoseWriteFailed_AreStoredWithoutAFurtherPrediction()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Storage:FlushInterval=100ms");
        var refusal = new Refusal(sidecar.Database);
        refusal.Start("prediction_buckets");
        (await ScoreAsync(sidecar, "a", "b", "c")).ShouldAllBe(i => !i.LabelRequested);
        refusal.End();

        await Eventually.TrueAsync(() => Task.FromResult(refusal.Scalar(AllPredictions) == 3), "the sums of all three predictions are stored");
    }

    [Fact]
    public async Task Duplicate_OfADurableRequest_StaysRequestedWhenANewRequestBesideItIsRefused()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1", "--Sampling:Policy=Uniform");
        (await ScoreAsync(sidecar, "durable")).Single().LabelRequested.ShouldBeTrue();
        var refusal = new Refusal(sidecar.Database);
        refusal.Start("label_requests");

        var items = await ScoreAsync(sidecar, "durable", "new", "new");

        items.Select(i => (i.Id, i.Status, i.LabelRequested)).ShouldBe(
        [
            ("durable", ItemStatus.Duplicate, true), ("new", ItemStatus.Accepted, false), ("new", ItemStatus.Duplicate, false),
        ]);
        (await ScoreAsync(sidecar, "durable", "new")).Select(i => i.LabelRequested).ShouldBe([true, false]);
    }

    private static async Task<IReadOnlyList<ItemResult>> ScoreAsync(TestSidecar sidecar, params string[] ids) =>
        (await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(ids.Length, 2, 1), ids) })).Items;
}
