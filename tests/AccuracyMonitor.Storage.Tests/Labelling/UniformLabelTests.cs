using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Windows;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class UniformLabelTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task Labels_of_the_uniform_sample_are_counted_through_corrections_and_outlive_their_requests()
    {
        var old = Start.AddDays(-10);
        await using (var store = await _disk.OpenAsync())
        {
            await store.EnqueueAsync(
                [Uniform("right"), Uniform("wrong"), Uniform("corrected"), Uniform("retracted"), Request("other", created: old)], [InUse]);
            await store.CompleteAsync([Label("right", 2), Label("wrong", 0), Label("corrected", 0), Label("retracted", 2), Label("other", 2)], old);
            await store.CompleteAsync([Label("right", 2), Label("corrected", 1)], old);
            (await CountAsync(store)).ShouldBe((4, 2));

            await store.CompleteAsync([Label("corrected", 2)], old);
            await store.RetractAsync([(Clothing, "retracted")], "ann", old);
            (await CountAsync(store)).ShouldBe((3, 2));

            await store.PruneAsync(new RetentionBounds(Start.AddDays(-5)), Start);
            (await store.FindAsync(Clothing, "right")).ShouldBeNull();
        }

        await using var again = await _disk.OpenAsync();
        (await CountAsync(again)).ShouldBe((3, 2));

        // When nothing but the count is left of the version, it goes too.
        await again.PruneAsync(new RetentionBounds(Start.AddDays(1)), Start.AddDays(6));
        (await CountAsync(again)).ShouldBe((0, 0));

        Core.Labelling.LabelRequest Uniform(string id) => Request(id, created: old) with { UniformSample = true };
    }

    [Fact]
    public async Task A_request_says_whether_it_is_of_the_uniform_sample()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a") with { UniformSample = true }, Request("b")], []);

        (await store.FindAsync(Clothing, "a"))!.UniformSample.ShouldBeTrue();
        (await store.FindAsync(Clothing, "b"))!.UniformSample.ShouldBeFalse();
    }

    public void Dispose() => _disk.Dispose();

    private static async Task<(long Labels, long Correct)> CountAsync(MonitorStore store)
    {
        var count = await store.UniformLabelsAsync(Clothing);
        return (count.Labels, count.Correct);
    }

    /// <summary>Predictions of the version that are younger than its labels.</summary>
    private static BucketRow InUse => new(
        new SeriesKey(Clothing.Model, Clothing.Version, ""), new BucketSnapshot(TimeSpan.FromHours(1), Start, new PredictionSums { Count = 1 }, 1));

    private static LabelAnswer Label(string id, int label) => new() { Key = Clothing, PredictionId = id, Label = label };
}
