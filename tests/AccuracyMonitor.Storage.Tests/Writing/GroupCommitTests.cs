using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Data.Sqlite;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Writing;

public sealed class GroupCommitTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly StoreFixture _disk = new();
    private readonly SignalledTime _clock = new();

    [Fact]
    public async Task Writes_at_the_same_time_share_commits()
    {
        const int Writes = 1000;
        const int Alone = 100;
        await using var store = await _disk.OpenAsync();
        for (var i = 0; i < Alone; i++)
        {
            await store.EnqueueAsync([Request($"alone{i}")], []);
        }

        store.Counters.Commits.ShouldBe(Alone);
        var before = store.Counters.Commits;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, Writes).Select(i => store.EnqueueAsync([Request($"r{i}")], [])));

        outcomes.ShouldAllBe(o => o.Single() == RequestOutcome.Created);
        (await store.CountsAsync()).Waiting.ShouldBe(Alone + Writes);
        var counters = store.Counters;
        counters.WritesCompleted.ShouldBe(Alone + Writes);
        counters.WritesWaiting.ShouldBe(0);
        counters.BytesWaiting.ShouldBe(0);
        (counters.Commits - before).ShouldBeLessThan(Writes / 10);
    }

    [Fact]
    public async Task A_delay_lets_a_commit_wait_for_company()
    {
        await using var store = await OpenWaitingAsync(_disk.Options);
        await LetWriteAsync(Task.WhenAll(
            store.EnqueueAsync([Request("a")], []), store.EnqueueAsync([Request("b")], []), store.EnqueueAsync([Request("c")], [])));
        store.Counters.Commits.ShouldBe(1);
    }

    [Fact]
    public async Task One_operations_failure_is_not_its_neighbours()
    {
        await using var store = await OpenWaitingAsync(_disk.Options);
        await LetWriteAsync(store.EnqueueAsync([Request("first")], []));
        // A policy that breaks nothing of ours but a rule of the database: only the second of the same batch does.
        using var other = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False");
        other.Open();
        using var command = other.CreateCommand();
        command.CommandText =
            "CREATE TRIGGER refuse BEFORE INSERT ON label_requests WHEN NEW.prediction_id = 'refused' BEGIN SELECT RAISE(ABORT, 'refused'); END";
        command.ExecuteNonQuery();
        var commits = store.Counters.Commits;

        var before = store.EnqueueAsync([Request("before")], []);
        var refused = store.EnqueueAsync([Request("beside"), Request("refused")], []);
        var after = store.EnqueueAsync([Request("after")], []);
        await LetWriteAsync(after);
        (await before).ShouldBe([RequestOutcome.Created]);
        (await after).ShouldBe([RequestOutcome.Created]);
        (await Should.ThrowAsync<StoreException>(() => refused)).Message.ShouldContain("refused");
        (store.Counters.Commits - commits).ShouldBe(1);
        (await store.FindAsync(Clothing, "beside")).ShouldBeNull();
        (await store.CountsAsync()).Waiting.ShouldBe(3);
        store.Counters.WritesFailed.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_counts_it()
    {
        await using var store = await OpenWaitingAsync(_disk.Options with { MaxQueuedWrites = 3 });
        var taken = Enumerable.Range(0, 3).Select(i => store.EnqueueAsync([Request($"r{i}")], [])).ToArray();
        var refused = store.EnqueueAsync([Request("r3")], []);
        refused.IsFaulted.ShouldBeTrue();
        (await Should.ThrowAsync<StoreBusyException>(() => refused)).Message.ShouldContain("Try again");
        store.Counters.WritesRefused.ShouldBe(1);

        await LetWriteAsync(Task.WhenAll(taken));
        await LetWriteAsync(store.EnqueueAsync([Request("r3")], []));
        (await store.CountsAsync()).Waiting.ShouldBe(4);
    }

    [Fact]
    public async Task Bytes_that_wait_are_bounded_too_and_one_large_write_alone_is_taken()
    {
        await using var store = await OpenWaitingAsync(_disk.Options with { MaxQueuedBytes = 64 << 10 });
        var large = store.Monitors.RegisterAsync(
            new MonitorRow { Key = Clothing, MonitorVersion = "m1", Kind = "ensemble", CreatedAt = Start, Onnx = new byte[1 << 20] });
        await Should.ThrowAsync<StoreBusyException>(() => store.EnqueueAsync([Request("a")], []));
        await LetWriteAsync(large);
        (await large).ShouldBe(RegisterOutcome.Registered);
        await LetWriteAsync(store.EnqueueAsync([Request("a")], []));
    }

    [Fact]
    public async Task A_write_cancelled_while_it_waits_is_dropped()
    {
        await using var store = await OpenWaitingAsync(_disk.Options);
        using var cancellation = new CancellationTokenSource();
        var kept = store.EnqueueAsync([Request("kept")], [], CancellationToken.None);
        var dropped = store.EnqueueAsync([Request("dropped")], [], cancellation.Token);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => dropped);
        await LetWriteAsync(kept);
        (await store.FindAsync(Clothing, "dropped")).ShouldBeNull();
        (await store.CountsAsync()).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task Closing_commits_all_that_was_taken()
    {
        var store = await _disk.OpenAsync();
        var writes = Enumerable.Range(0, 300).Select(i => store.EnqueueAsync([Request($"r{i}")], [])).ToArray();
        await store.DisposeAsync();
        writes.ShouldAllBe(w => w.IsCompletedSuccessfully);
        await using var again = await _disk.OpenAsync();
        (await again.CountsAsync()).Waiting.ShouldBe(300);
    }

    public void Dispose() => _disk.Dispose();

    /// <summary>A store that commits only when <see cref="LetWriteAsync"/> lets the delay pass. So the test decides which writes share a commit.</summary>
    private Task<MonitorStore> OpenWaitingAsync(StoreOptions options) =>
        _disk.OpenAsync(options with { GroupCommitDelay = Delay }, clock: _clock);

    private async Task LetWriteAsync(Task write)
    {
        await _clock.PassAsync(Delay);
        await write;
    }
}
