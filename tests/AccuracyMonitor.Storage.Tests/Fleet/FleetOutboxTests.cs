using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Storage.Fleet;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Windows;
using Dapper;
using Microsoft.Data.Sqlite;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Fleet;

public sealed class FleetOutboxTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task Without_a_hub_nothing_is_marked()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], [Bucket(1)]);
        await store.CompleteAsync([Answer("a", 1)], Start);
        await store.ForgetAsync(Clothing, ["b"], Start);
        await store.Fleet.DisconnectAsync();
        (await store.Fleet.BacklogAsync()).ShouldBe(default);
        (await store.Fleet.NextAsync(10)).ShouldBeNull();
        Scalar("SELECT COUNT(*) FROM hub_source").ShouldBe(0);
    }

    [Fact]
    public async Task The_first_connection_marks_what_is_stored_in_pieces_and_the_next_one_does_not()
    {
        await using (var store = await _disk.OpenAsync())
        {
            await store.EnqueueAsync([.. Enumerable.Range(0, 5).Select(i => Request($"p{i}"))], [.. Enumerable.Range(0, 5).Select(i => Bucket(1, i))]);
            var source = await store.Fleet.ConnectAsync();
            (source.Epoch, source.Acknowledged).ShouldBe((1, default));
            var marked = new List<long>();
            bool more;
            do
            {
                more = await store.Fleet.MarkAsync(3);
                marked.Add((await store.Fleet.BacklogAsync()).Changes);
            }
            while (more);
            marked.ShouldBe([3, 6, 9, 10]);
            await AcknowledgeAllAsync(store);
        }

        await using var again = await _disk.OpenAsync();
        (await again.Fleet.ConnectAsync()).Epoch.ShouldBe(2);
        (await again.Fleet.MarkAsync()).ShouldBeFalse();
        (await again.Fleet.NextAsync(10))!.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_since_the_page_was_read_stays_marked()
    {
        await using var store = await ConnectedAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], [Bucket(1)]);
        var page = (await store.Fleet.NextAsync(10))!;
        await store.CompleteAsync([Answer("a", 1)], Start);
        await store.Windows.FlushBucketsAsync([Bucket(2)]);
        await store.Fleet.AcknowledgeAsync(page, new ReportNumber(1, 1));

        var next = (await store.Fleet.NextAsync(10))!;
        next.Select(Name).ShouldBe(["a", "bucket"]);
        next.OfType<RequestChange>().Single().ShouldSatisfyAllConditions(r => r.Request.Label.ShouldBe(1), r => r.Annotator.ShouldBe("ann"));
        next.OfType<BucketChange>().Single().Bucket.Snapshot.Sums.Count.ShouldBe(2);
        next[0].Change.ShouldBeGreaterThan(page[^1].Change);
    }

    [Fact]
    public async Task A_lease_is_no_change_and_an_earlier_snapshot_of_a_bucket_neither()
    {
        await using var store = await ConnectedAsync();
        await store.EnqueueAsync([Request("a")], [Bucket(2)]);
        await AcknowledgeAllAsync(store);
        var lease = (await store.LeaseAsync(new LeaseQuery(), Start)).ShouldHaveSingleItem();
        await store.ExtendAsync([lease.LeaseId], TimeSpan.FromHours(1), Start);
        await store.ReleaseAsync([lease.LeaseId], Start);
        await store.Windows.FlushBucketsAsync([Bucket(1)]);
        (await store.Fleet.NextAsync(10))!.ShouldBeEmpty();
        await store.SkipAsync([(Clothing, "a")], "blurred", Start);
        (await store.Fleet.NextAsync(10))!.Cast<RequestChange>().Single().Request.State.ShouldBe(RequestState.Skipped);
    }

    [Fact]
    public async Task A_forgotten_prediction_waits_for_the_hub_and_is_then_in_no_table()
    {
        await using var store = await ConnectedAsync();
        await store.EnqueueAsync([Request("a")], []);
        await store.ForgetAsync(Clothing, ["a", "never-seen-here"], Start);
        (await store.Fleet.NextAsync(10))!.Select(Name).ShouldBe(["forget a", "forget never-seen-here"]);
        await AcknowledgeAllAsync(store);
        (await store.EraseAsync()).ShouldBeTrue();
        (await File.ReadAllTextAsync(_disk.DatabasePath, System.Text.Encoding.Latin1)).ShouldNotContain("never-seen-here");
    }

    [Fact]
    public async Task What_changed_while_no_hub_was_connected_is_reported_with_a_later_number()
    {
        await using var store = await ConnectedAsync();
        await store.EnqueueAsync([Request("a")], []);
        var sent = (await store.Fleet.NextAsync(10))!.Single();
        await store.Fleet.DisconnectAsync();
        (await store.Fleet.NextAsync(10)).ShouldBeNull();
        await store.CompleteAsync([Answer("a", 1)], Start);
        await store.Fleet.ConnectAsync();
        await store.Fleet.MarkAsync();
        (await store.Fleet.NextAsync(10))!.Single().Change.ShouldBeGreaterThan(sent.Change);
    }

    [Fact]
    public async Task A_hub_that_was_set_back_is_told_everything_again_and_need_not_know_an_earlier_report()
    {
        await using var store = await ConnectedAsync();
        await store.EnqueueAsync([Request("a")], [Bucket(1)]);
        await AcknowledgeAllAsync(store);
        await store.Fleet.AcknowledgeAsync([], new ReportNumber(1, 2));
        (await store.Fleet.MarkAsync()).ShouldBeFalse();
        (await store.Fleet.NextAsync(10))!.ShouldBeEmpty();
        (await store.Fleet.ConnectAsync()).Acknowledged.ShouldBe(new ReportNumber(1, 2));
        await store.Fleet.StartOverAsync();
        (await store.Fleet.BacklogAsync()).IsMarking.ShouldBeTrue();
        (await store.Fleet.MarkAsync()).ShouldBeFalse();
        (await store.Fleet.NextAsync(10))!.Select(Name).ShouldBe(["bucket", "a"], ignoreOrder: true);
        (await store.Fleet.ConnectAsync()).Acknowledged.ShouldBe(default);
    }

    [Fact]
    public async Task Retention_takes_marks_away_with_their_rows()
    {
        await using var store = await ConnectedAsync();
        await store.EnqueueAsync([Request("a")], [Bucket(1)]);
        await store.CompleteAsync([Answer("a", 1)], Start);
        await store.PruneAsync(new RetentionBounds(Start.AddDays(10)), Start.AddDays(20));
        (await store.Fleet.BacklogAsync()).Changes.ShouldBe(0);
    }

    [Fact]
    public async Task A_database_in_the_place_of_a_damaged_one_is_the_same_source_with_later_numbers()
    {
        await using var store = await ConnectedAsync();
        await store.EnqueueAsync([Request("a")], [Bucket(1)]);
        var before = await store.Fleet.ConnectAsync();
        var sent = (await store.Fleet.NextAsync(10))!;
        // As a fresh database has it.
        Execute("DELETE FROM hub_source; DELETE FROM hub_marking");
        (await store.Fleet.NextAsync(10)).ShouldBeNull();
        var after = await store.Fleet.ConnectAsync();
        after.ShouldBe(before with { Epoch = before.Epoch + 1 });
        await store.EnqueueAsync([Request("b")], []);
        (await store.Fleet.NextAsync(10))!.Single(c => Name(c) == "b").Change.ShouldBeGreaterThan(sent[^1].Change);
    }

    [Fact]
    public async Task Another_database_is_another_source()
    {
        await using var store = await ConnectedAsync();
        await using var other = await _disk.OpenAsync(_disk.Options with { Path = Path.Combine(_disk.Directory, "other.db") });
        (await other.Fleet.ConnectAsync()).Id.ShouldNotBe((await store.Fleet.ConnectAsync()).Id);
    }

    public void Dispose() => _disk.Dispose();

    private static string Name(FleetChange change) => change switch
    {
        RequestChange r => r.Request.PredictionId,
        ForgottenChange f => $"forget {f.PredictionId}",
        _ => "bucket",
    };

    private static BucketRow Bucket(long count, int minute = 0) => new(
        new SeriesKey(Clothing.Model, Clothing.Version, ""),
        new BucketSnapshot(TimeSpan.FromHours(1), Start.AddMinutes(minute), new PredictionSums { Count = count }, count));

    private static LabelAnswer Answer(string id, int label) => new() { Key = Clothing, PredictionId = id, Label = label, Annotator = "ann" };

    private async Task<MonitorStore> ConnectedAsync()
    {
        var store = await _disk.OpenAsync();
        await store.Fleet.ConnectAsync();
        (await store.Fleet.MarkAsync()).ShouldBeFalse();
        return store;
    }

    private static async Task AcknowledgeAllAsync(MonitorStore store) =>
        await store.Fleet.AcknowledgeAsync((await store.Fleet.NextAsync(1000))!, new ReportNumber(1, 1));

    private long Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False");
        return connection.ExecuteScalar<long>(sql);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False");
        connection.Execute(sql);
    }
}
