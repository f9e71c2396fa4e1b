using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Writing;

[Trait("Needs", "root")]
public sealed class FullDiskTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_full_disk_acknowledges_nothing_serves_reads_and_recovers()
    {
        using var mount = TemporaryMount.Create(_disk.Directory, "size=6m");
        var ballast = Path.Combine(mount.Directory, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[3 << 20]);
        await FillAndRecoverAsync(_disk.Options with { Path = Path.Combine(mount.Directory, "store.db") }, _ =>
        {
            File.Delete(ballast);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Opening_on_a_full_disk_is_a_clear_error_and_works_once_there_is_room()
    {
        using var mount = TemporaryMount.Create(_disk.Directory, "size=1m");
        var (path, ballast) = (Path.Combine(mount.Directory, "store.db"), Path.Combine(mount.Directory, "ballast"));
        await File.WriteAllBytesAsync(ballast, new byte[1 << 20]);
        await Should.ThrowAsync<StoreFullException>(() => _disk.OpenAsync(_disk.Options with { Path = path }));
        Directory.GetFiles(mount.Directory, "*.damaged-*").ShouldBeEmpty();
        File.Delete(ballast);
        await using var store = await _disk.OpenAsync(_disk.Options with { Path = path });
        await store.EnqueueAsync([Request("a")], []);
    }

    [Fact]
    public Task A_database_at_its_bound_of_pages_behaves_like_a_full_disk() =>
        FillAndRecoverAsync(_disk.Options with { MaxPages = 300 }, async store =>
        {
            (await store.PruneAsync(new RetentionBounds(DateTimeOffset.MaxValue), Start.AddDays(30))).Requests.ShouldBe(20);
        });

    public void Dispose() => _disk.Dispose();

    private async Task FillAndRecoverAsync(StoreOptions options, Func<MonitorStore, Task> makeRoom)
    {
        var acknowledged = new List<string>();
        var store = await _disk.OpenAsync(options);
        await store.EnqueueAsync([.. Enumerable.Range(0, 20).Select(i => Request($"old{i}", created: Start.AddDays(-2), classes: 500))], []);
        acknowledged.AddRange((await store.ExpireAsync(Start)).Select(r => r.PredictionId));
        var full = await Should.ThrowAsync<StoreFullException>(async () =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                await store.EnqueueAsync([Request($"r{i}", classes: 500)], []);
                acknowledged.Add($"r{i}");
            }
        });
        full.Message.ShouldContain("No room");
        acknowledged.Count.ShouldBeGreaterThan(50);

        // Full is full for everybody at once: none of these may be acknowledged and lost.
        var crowd = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => TryEnqueueAsync(store, $"crowd{i}")));
        acknowledged.AddRange(crowd.OfType<string>());
        (await IdsAsync(store)).ShouldBe(acknowledged, ignoreOrder: true);

        await makeRoom(store);
        var known = await IdsAsync(store);
        for (var i = 0; i < 5; i++)
        {
            (await store.EnqueueAsync([Request($"after{i}", classes: 500)], [])).ShouldBe([RequestOutcome.Created]);
            known.Add($"after{i}");
        }

        await store.DisposeAsync();
        await using var again = await _disk.OpenAsync(options);
        again.Quarantined.ShouldBeNull();
        (await IdsAsync(again)).ShouldBe(known, ignoreOrder: true);
    }

    private static async Task<string?> TryEnqueueAsync(MonitorStore store, string id)
    {
        try
        {
            await store.EnqueueAsync([Request(id, classes: 500)], []);
            return id;
        }
        catch (StoreFullException)
        {
            return null;
        }
    }

    private static async Task<List<string>> IdsAsync(MonitorStore store)
    {
        var ids = new List<string>();
        await foreach (var request in store.RequestsSinceAsync(DateTimeOffset.MinValue, cancellation: TestContext.Current.CancellationToken))
        {
            ids.Add(request.PredictionId);
        }

        return ids;
    }
}
