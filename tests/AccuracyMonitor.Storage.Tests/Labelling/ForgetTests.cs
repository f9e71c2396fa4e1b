using System.Runtime.InteropServices;
using System.Text;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Recovery;
using Microsoft.Data.Sqlite;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class ForgetTests : IDisposable
{
    private static readonly Origin Ops = new(new Actor("token:ops", "10.0.0.7"), Start.AddDays(1));

    private readonly StoreFixture _disk = new();
    private readonly Random _random = new(1);

    [Fact]
    public async Task All_that_is_kept_of_a_prediction_goes_and_the_trail_has_only_the_number()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("labelled") with { UniformSample = true }, Request("leased"), Request("waiting"), Request("stays")], []);
        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 2, Duration = TimeSpan.FromHours(1) }, Start);
        await store.CompleteAsync([new LabelAnswer { LeaseId = leases[0].LeaseId, Label = 2, Annotator = "ann" }, Answer("stays", 2)], Start);

        var forgotten = (await store.ForgetAsync(Clothing, ["waiting", "labelled", "leased", "labelled", "nobody"], Ops)).Requests;

        forgotten.Select(r => (r.PredictionId, r.State)).ShouldBe(
            [("waiting", RequestState.Waiting), ("labelled", RequestState.Answered), ("leased", RequestState.Leased)]);
        (await store.FindAsync(Clothing, "labelled")).ShouldBeNull();
        (await store.LabelHistoryAsync(Clothing, "labelled")).ShouldBeEmpty();
        (await store.CompleteAsync([new LabelAnswer { LeaseId = leases[1].LeaseId, Label = 1 }], Start)).Single().Outcome.ShouldBe(LabelOutcome.NotFound);
        (await store.LabelledRequestsAsync(Clothing, DateTimeOffset.MinValue, 10)).Single().Request.PredictionId.ShouldBe("stays");
        (await store.CountsAsync()).ShouldBe(new QueueCounts(0, 0, 1, 0, 0, 0, null));
        (await store.UniformLabelsAsync(Clothing)).ShouldBe(new UniformLabelCount(1, 1), "sums name nobody, and stay");
        (await store.ForgetAsync(Clothing, ["labelled"], Ops)).Predictions.ShouldBe(0);
        (await store.AuditAsync(new AuditQuery { Limit = 2 })).Select(e => (e.Action, e.Detail)).ShouldBe(
            [(AuditAction.PredictionsForgotten, "3 forgotten"), (AuditAction.LabelsCompleted, "2 given, 0 replaced; annotators: ann")]);
    }

    [Fact]
    public async Task After_the_files_were_cleared_no_search_for_damage_delays_the_next_write()
    {
        var log = new LogRecorder();
        await using var store = await _disk.OpenAsync(_disk.Options with { IntegrityCheckLimit = TimeSpan.FromTicks(1) }, log);
        await store.EnqueueAsync([.. Enumerable.Range(0, 1000).Select(i => Request($"{i}"))], []);
        await store.ForgetAsync(Clothing, ["1"], Ops);

        (await store.EraseAsync()).ShouldBeTrue();

        log.Entries.ShouldNotContain(e => e.Message.Contains("search for damage", StringComparison.Ordinal));
        (await store.FindAsync(Clothing, "2")).ShouldNotBeNull();
    }

    /// <summary>
    /// Long ids in random order, so that pages of tables and indices split and merge; rows that change; vectors within a page and beyond one.
    /// </summary>
    [Theory]
    [InlineData(3)]
    [InlineData(3000)]
    public async Task No_byte_of_it_is_left_in_the_files(int classes)
    {
        await using var store = await _disk.OpenAsync();
        var ids = Enumerable.Range(0, 300).Select(_ => Convert.ToHexStringLower(Bytes(40))).ToArray();
        await store.EnqueueAsync([.. ids.Select(id => Of(id, classes))], []);
        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 300, Duration = TimeSpan.FromHours(1) }, Start);
        await store.SkipAsync([.. leases.Take(50).Select(l => l.LeaseId)], "skipped-because-of-somebody", Start);
        for (uint label = 0; label < 3; label++)
        {
            await store.CompleteAsync([.. leases.Skip(100).Select(l => new LabelAnswer { LeaseId = l.LeaseId, Label = label })], Start);
        }

        var (gone, kept) = (leases.Where((_, i) => i % 3 != 0).ToArray(), leases.Where((_, i) => i % 3 == 0).ToArray());
        var skips = leases.Take(50).Select(l => l.Request.PredictionId);
        Traces(gone).ShouldBe(gone.Length * 3, "before, all of it is there");
        Has(Encoding.ASCII.GetBytes("skipped-because-of-somebody")).ShouldBeTrue();

        await store.ForgetAsync(Clothing, [.. gone.Select(l => l.Request.PredictionId), .. skips], Ops);
        (await store.EraseAsync()).ShouldBeTrue();

        Traces(gone).ShouldBe(0);
        Traces([.. kept.Skip(20)]).ShouldBe(kept.Skip(20).Count() * 3, "the others are there");
        Has(Encoding.ASCII.GetBytes("skipped-because-of-somebody")).ShouldBeFalse();
        await store.DisposeAsync();
        Traces(gone).ShouldBe(0, "also once it is closed");
        DamageCheck.Run(_disk.DatabasePath).ShouldBeNull();
    }

    [Fact]
    public async Task Erasing_while_others_read_and_write_loses_nothing_and_leaves_a_sound_database()
    {
        await using var store = await _disk.OpenAsync();
        List<string> gone = [];
        for (var round = 0; round < 8; round++)
        {
            var ids = Enumerable.Range(0, 40).Select(i => $"{round}-{i}-{Convert.ToHexStringLower(Bytes(_random.Next(1, 60)))}").ToArray();
            await store.EnqueueAsync([.. ids.Select(id => Of(id, _random.Next(2, 900)))], []);
            var writes = Task.WhenAll(ids.Select(id => store.CompleteAsync([Answer(id, 1)], Start)));
            var reads = Task.WhenAll(ids.Select(id => store.FindAsync(Clothing, id)));
            await store.ForgetAsync(Clothing, ids[..20], Ops);
            var erasures = await Task.WhenAll(store.EraseAsync(), store.EraseAsync());

            erasures.ShouldAllBe(erased => erased);
            (await writes).Select(w => w.Single().Outcome).ShouldAllBe(o => o == LabelOutcome.Ok);
            await reads;
            gone.AddRange(ids[..20]);
        }

        (await store.CountsAsync()).Answered.ShouldBe(8 * 20);
        (await store.LabelledRequestsAsync(Clothing, DateTimeOffset.MinValue, 1000)).Count.ShouldBe(8 * 20);
        var files = Files();
        gone.Count(id => files.AsSpan().IndexOf(Encoding.ASCII.GetBytes(id)) >= 0).ShouldBe(0);
        store.Quarantined.ShouldBeNull();
        await store.DisposeAsync();
        DamageCheck.Run(_disk.DatabasePath).ShouldBeNull();
    }

    [Fact]
    public async Task What_retention_has_deleted_is_not_left_in_free_pages()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.Zero });
        var old = Of("old", classes: 5000) with { PredictionTime = Start.AddDays(-9), CreatedAt = Start.AddDays(-9), ExpiresAt = Start.AddDays(-8) };
        await store.EnqueueAsync([old, Of("young", classes: 5000)], []);
        await store.ExpireAsync(Start);

        (await store.PruneAsync(new RetentionBounds(Start.AddDays(-1)), Start)).Requests.ShouldBe(1);
        (await store.EraseAsync()).ShouldBeTrue();

        Has(Vector(old)).ShouldBeFalse();
    }

    [Fact]
    public async Task Another_program_that_reads_holds_the_log_and_is_told_of()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { LockTimeout = TimeSpan.FromSeconds(1) });
        await store.EnqueueAsync([Of("somebody-s-prediction", 3)], []);
        await using (var other = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False;Mode=ReadOnly"))
        {
            await other.OpenAsync();
            await using var transaction = other.BeginTransaction(deferred: true);
            await using var command = other.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM label_requests";
            ((long)(await command.ExecuteScalarAsync())!).ShouldBe(1);

            (await store.ForgetAsync(Clothing, ["somebody-s-prediction"], Ops)).Predictions.ShouldBe(1);
            (await store.EraseAsync()).ShouldBeFalse();
        }

        (await store.EraseAsync()).ShouldBeTrue();
        Has(Encoding.ASCII.GetBytes("somebody-s-prediction")).ShouldBeFalse();
    }

    public void Dispose() => _disk.Dispose();

    private static LabelAnswer Answer(string id, long label) => new() { Key = Clothing, PredictionId = id, Label = label, Annotator = "ann" };

    private LabelRequest Of(string id, int classes) =>
        Request(id, classes: classes) with { Probabilities = [.. Enumerable.Range(0, classes).Select(_ => _random.NextSingle())] };

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Of each request its id, its lease and a piece of its vector, as far as they are in the files.</summary>
    private int Traces(IReadOnlyList<LeasedRequest> leased)
    {
        var files = Files();
        return leased.Sum(l => ((byte[][])[Encoding.ASCII.GetBytes(l.Request.PredictionId), Encoding.ASCII.GetBytes(l.LeaseId), Vector(l.Request)])
            .Count(text => files.AsSpan().IndexOf(text) >= 0));
    }

    /// <summary>Of the end: a long one is in pages of its own there.</summary>
    private static byte[] Vector(LabelRequest request) => MemoryMarshal.AsBytes(request.Probabilities.AsSpan())[^12..].ToArray();

    private bool Has(byte[] text) => Files().AsSpan().IndexOf(text) >= 0;

    private byte[] Files() => OtherProcess.ReadDatabase(_disk.DatabasePath);
}
