using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Crash;

/// <summary>
/// The write-ahead log as a power cut may leave it: cut off or garbled from some place on. What was committed before that place is there,
/// what came after is gone as a whole, and the store writes on.
/// </summary>
public sealed class TornLogTests : IDisposable
{
    private const int Commits = 40;

    private readonly StoreFixture _disk = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_torn_anywhere_leaves_all_commits_before_the_tear(bool garbled)
    {
        var (database, log) = await CrashedFilesAsync();
        var random = new Random(7);
        var kept = new List<int>();
        for (var i = 0; i < 30; i++)
        {
            var path = Path.Combine(_disk.Directory, $"torn{i}.db");
            var tear = i == 0 ? log.Length : random.Next(32, log.Length);
            await File.WriteAllBytesAsync(path, database);
            await File.WriteAllBytesAsync(path + "-wal", Torn(log, tear, garbled, random));

            kept.Add(await SurvivorsAsync(path));
            kept[i].ShouldBeInRange(Expected(log.Length, tear) - 1, Expected(log.Length, tear) + 1);
        }

        kept[0].ShouldBe(Commits);
        kept.Min().ShouldBeLessThan(Commits / 4);
    }

    public void Dispose() => _disk.Dispose();

    /// <summary>The files of a store as they are after kill -9: copied while it runs, with one commit per request in the log.</summary>
    private async Task<(byte[] Database, byte[] Log)> CrashedFilesAsync()
    {
        await (await _disk.OpenAsync()).DisposeAsync();
        await using var store = await _disk.OpenAsync();
        for (var i = 0; i < Commits; i++)
        {
            await store.EnqueueAsync([Request($"r{i}")], []);
        }

        return (await File.ReadAllBytesAsync(_disk.DatabasePath), await File.ReadAllBytesAsync(_disk.DatabasePath + "-wal"));
    }

    private static byte[] Torn(byte[] log, int tear, bool garbled, Random random)
    {
        if (!garbled)
        {
            return log[..tear];
        }

        var torn = log.ToArray();
        random.NextBytes(torn.AsSpan(tear));
        return torn;
    }

    /// <summary>Opens, checks that what is left is a beginning of what was written, writes, opens again.</summary>
    private async Task<int> SurvivorsAsync(string path)
    {
        int survivors;
        await using (var store = await _disk.OpenAsync(_disk.Options with { Path = path }))
        {
            store.Quarantined.ShouldBeNull();
            var ids = await IdsAsync(store);
            survivors = ids.Count;
            ids.ShouldBe(Enumerable.Range(0, survivors).Select(i => $"r{i}"), ignoreOrder: true);
            await store.EnqueueAsync([Request("after")], []);
        }

        await using var again = await _disk.OpenAsync(_disk.Options with { Path = path });
        (await IdsAsync(again)).Count.ShouldBe(survivors + 1);
        return survivors;
    }

    private static int Expected(int length, int tear) => (int)((long)Commits * tear / length);

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
