using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Logging;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Recovery;

/// <summary>A table of damage: each is noticed, said loudly, set aside byte for byte, and the store works on and again after that.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private readonly StoreFixture _disk = new();
    private readonly LogRecorder _log = new();

    public static TheoryData<string> Damages => new(Table.Keys);

    private static Dictionary<string, Action<string>> Table { get; } = new(StringComparer.Ordinal)
    {
        ["random bytes over the first page's header"] = path => Overwrite(path, 0, 100),
        ["random bytes over the schema"] = path => Overwrite(path, 100, 3900),
        ["random bytes over pages in the middle"] = path => Overwrite(path, 2 * 4096, 20 * 4096),
        ["random bytes over everything"] = path => Overwrite(path, 0, (int)new FileInfo(path).Length),
        ["cut in the middle of a page"] = path => Truncate(path, (5 * 4096) + 123),
        ["cut within the header"] = path => Truncate(path, 60),
        ["another file"] = path => File.WriteAllText(path, "model,version\nclothing,7\n"),
        ["zeros"] = path => File.WriteAllBytes(path, new byte[8192]),
        ["nothing left, but a log"] = path =>
        {
            Truncate(path, 0);
            File.WriteAllBytes(path + "-wal", Noise(5000));
        },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Is_set_aside_untouched_and_a_fresh_database_started(string damage)
    {
        await FillAsync();
        Table[damage](_disk.DatabasePath);
        var bytes = await File.ReadAllBytesAsync(_disk.DatabasePath);

        await using (var store = await _disk.OpenAsync(logger: _log))
        {
            var aside = store.Quarantined.ShouldNotBeNull();
            (await File.ReadAllBytesAsync(aside)).ShouldBe(bytes);
            store.Counters.Quarantines.ShouldBe(1);
            _log.Entries.ShouldContain(e => e.Level == LogLevel.Critical && e.Message.Contains(aside, StringComparison.Ordinal));
            (await store.CountsAsync()).Waiting.ShouldBe(0);
            (await store.EnqueueAsync([Request("after")], [])).ShouldBe([RequestOutcome.Created]);
        }

        await using var again = await _disk.OpenAsync(logger: _log);
        again.Quarantined.ShouldBeNull();
        (await again.CountsAsync()).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task A_log_with_a_damaged_header_is_set_aside_alone_and_the_database_goes_on()
    {
        await FillAsync();
        var noise = Noise(5000);
        await File.WriteAllBytesAsync(_disk.DatabasePath + "-wal", noise);
        await using var store = await _disk.OpenAsync(logger: _log);
        (await File.ReadAllBytesAsync(store.Quarantined.ShouldNotBeNull())).ShouldBe(noise);
        _log.Entries.ShouldContain(e => e.Level == LogLevel.Critical);
        (await store.CountsAsync()).Waiting.ShouldBe(500);
        await store.EnqueueAsync([Request("after")], []);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task An_empty_log_or_one_torn_within_its_header_is_a_crash_and_no_damage(int length)
    {
        await FillAsync();
        await File.WriteAllBytesAsync(_disk.DatabasePath + "-wal", Noise(length));
        await using var store = await _disk.OpenAsync(logger: _log);
        store.Quarantined.ShouldBeNull();
        (await store.CountsAsync()).Waiting.ShouldBe(500);
        await store.EnqueueAsync([Request("after")], []);
    }

    [Fact]
    public async Task A_log_whose_database_is_gone_is_set_aside_and_not_deleted()
    {
        await File.WriteAllBytesAsync(_disk.DatabasePath + "-wal", Noise(5000));
        await using var store = await _disk.OpenAsync(logger: _log);
        (await File.ReadAllBytesAsync(store.Quarantined.ShouldNotBeNull())).ShouldBe(Noise(5000));
        await store.EnqueueAsync([Request("after")], []);
    }

    [Fact]
    public async Task The_search_for_damage_ends_after_its_time_and_says_so()
    {
        await FillAsync();
        await using var store = await _disk.OpenAsync(logger: _log, clock: new HurryingClock());
        store.Quarantined.ShouldBeNull();
        _log.Entries.ShouldContain(e => e.Level == LogLevel.Warning && e.Message.Contains("was stopped", StringComparison.Ordinal));
        (await store.CountsAsync()).Waiting.ShouldBe(500);
    }

    [Fact]
    public async Task Damage_three_times_in_a_row_leaves_three_files()
    {
        for (var i = 0; i < 3; i++)
        {
            await File.WriteAllTextAsync(_disk.DatabasePath, $"damage {i}");
            await using var store = await _disk.OpenAsync();
            store.Quarantined.ShouldNotBeNull();
        }

        Directory.GetFiles(_disk.Directory, "*.damaged-*").Select(File.ReadAllText).Order(StringComparer.Ordinal)
            .ShouldBe(["damage 0", "damage 1", "damage 2"]);
    }

    [Fact]
    public async Task Damage_met_by_a_write_fails_that_write_and_the_next_has_a_fresh_database()
    {
        await FillAsync();
        // No check at start: the damage is met at work. One commit is in the log by then, which closing would write into the damaged file.
        await using var store = await _disk.OpenAsync(_disk.Options with { IntegrityCheckLimit = TimeSpan.Zero }, _log);
        await store.EnqueueAsync([Request("in the log")], []);
        Overwrite(_disk.DatabasePath, 2 * 4096, (int)new FileInfo(_disk.DatabasePath).Length - (2 * 4096));
        var (bytes, log) = (await File.ReadAllBytesAsync(_disk.DatabasePath), await File.ReadAllBytesAsync(_disk.DatabasePath + "-wal"));

        await Should.ThrowAsync<StoreDamagedException>(() => store.EnqueueAsync([.. Enumerable.Range(0, 100).Select(i => Request($"r{i * 5}x"))], []));
        var aside = store.Quarantined.ShouldNotBeNull();
        (await File.ReadAllBytesAsync(aside)).ShouldBe(bytes);
        (await File.ReadAllBytesAsync(aside + "-wal")).ShouldBe(log);
        (await store.EnqueueAsync([Request("after")], [])).ShouldBe([RequestOutcome.Created]);
        (await store.CountsAsync()).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task Damage_met_by_reads_is_set_aside_once_and_reading_goes_on()
    {
        await FillAsync();
        await using var store = await _disk.OpenAsync(_disk.Options with { IntegrityCheckLimit = TimeSpan.Zero }, _log);
        Overwrite(_disk.DatabasePath, 2 * 4096, (int)new FileInfo(_disk.DatabasePath).Length - (2 * 4096));

        var reads = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Outcome(() => store.LabelledRequestsAsync(Clothing, Start.AddDays(-1), 10))));
        reads.ShouldContain(r => r is StoreDamagedException);
        reads.ShouldAllBe(r => r == null || r is StoreDamagedException);
        store.Counters.Quarantines.ShouldBe(1);
        (await store.CountsAsync()).Waiting.ShouldBe(0);
        await store.EnqueueAsync([Request("after")], []);
    }

    public void Dispose() => _disk.Dispose();

    private async Task FillAsync()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([.. Enumerable.Range(0, 500).Select(i => Request($"r{i}"))], []);
    }

    private static async Task<Exception?> Outcome(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(42).NextBytes(noise);
        return noise;
    }

    private static void Overwrite(string path, int offset, int length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.Write(Noise(length));
    }

    private static void Truncate(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(length);
    }

    /// <summary>An hour passes between any two looks at it.</summary>
    private sealed class HurryingClock : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 3600 * Interlocked.Increment(ref _looks);
    }
}
