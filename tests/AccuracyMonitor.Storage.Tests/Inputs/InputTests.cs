using System.Text;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Inputs;

public sealed class InputTests : IDisposable
{
    private const long Room = 1 << 20;

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task An_input_and_a_reference_are_handed_out_with_their_request()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a") with { InputReference = "s3://bucket/ü" }, Request("b")], []);
        (await AttachAsync(store, "a", "one")).ShouldBe(AttachOutcome.Attached);

        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 2 }, Start);

        leases.Select(l => (l.Request.InputReference, l.Input)).ShouldBe([("s3://bucket/ü", new InputSummary("text/plain", 3, Start)), ("", null)]);
        (await ReadAsync(store, "a")).ShouldBe("one");
        (await store.Inputs.FindAsync(Clothing, "b")).ShouldBeNull();
        (await store.Inputs.FindAsync(Clothing, "nobody")).ShouldBeNull();
        (await store.FindAsync(Clothing, "a"))!.InputReference.ShouldBe("s3://bucket/ü");
    }

    [Fact]
    public async Task Content_is_replaced_until_the_prediction_has_a_label()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("late")], []);
        (await AttachAsync(store, "a", "one")).ShouldBe(AttachOutcome.Attached);
        (await AttachAsync(store, "a", "one")).ShouldBe(AttachOutcome.Unchanged);
        (await AttachAsync(store, "a", "three")).ShouldBe(AttachOutcome.Replaced);
        (await store.Inputs.TotalsAsync()).ShouldBe(new InputTotals(1, 5));
        (await AttachAsync(store, "nobody", "one")).ShouldBe(AttachOutcome.NotRequested);

        await store.CompleteAsync([Answer("a"), Answer("late")], Start);
        (await AttachAsync(store, "a", "three")).ShouldBe(AttachOutcome.Unchanged);
        (await AttachAsync(store, "a", "four")).ShouldBe(AttachOutcome.Answered);
        (await AttachAsync(store, "late", "one")).ShouldBe(AttachOutcome.Answered);
        (await ReadAsync(store, "a")).ShouldBe("three");

        await store.RetractAsync([(Clothing, "a")], "ann", Start);
        (await AttachAsync(store, "a", "four")).ShouldBe(AttachOutcome.Replaced);
    }

    [Fact]
    public async Task An_input_goes_when_its_label_has_lasted_and_stays_when_the_label_is_taken_back()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("kept"), Request("retracted"), Request("waiting")], []);
        foreach (var id in (string[])["kept", "retracted", "waiting"])
        {
            await AttachAsync(store, id, id);
        }

        await store.CompleteAsync([Answer("kept"), Answer("retracted")], Start.AddMinutes(1));
        var bounds = new InputBounds(Room, Start.AddDays(-7), Start.AddMinutes(1).AddTicks(-1));
        (await store.Inputs.PruneAsync(bounds)).Total.ShouldBe(0, "the labels are too young");
        await store.RetractAsync([(Clothing, "retracted")], "ann", Start.AddMinutes(2));

        (await store.Inputs.PruneAsync(bounds with { LabelledBefore = Start.AddMinutes(1) })).ShouldBe(new PrunedInputs(1, 0, 0));

        (await store.Inputs.FindAsync(Clothing, "kept")).ShouldBeNull();
        (await ReadAsync(store, "retracted")).ShouldBe("retracted");
        (await ReadAsync(store, "waiting")).ShouldBe("waiting");
        (await store.Inputs.TotalsAsync()).ShouldBe(new InputTotals(2, 16));
    }

    [Fact]
    public async Task An_old_input_goes_whatever_became_of_its_request()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("old"), Request("young")], []);
        await AttachAsync(store, "old", "one");
        await AttachAsync(store, "young", "two", Start.AddTicks(1));

        (await store.Inputs.PruneAsync(new InputBounds(Room, Start.AddTicks(1), Start))).ShouldBe(new PrunedInputs(0, 1, 0));

        (await store.Inputs.FindAsync(Clothing, "old")).ShouldBeNull();
        (await ReadAsync(store, "young")).ShouldBe("two");
        (await store.FindAsync(Clothing, "old"))!.State.ShouldBe(RequestState.Waiting);
    }

    /// <summary>Three inputs fit. Those that somebody waits for are never deleted for room.</summary>
    [Fact]
    public async Task Beyond_the_bound_inputs_are_refused_and_those_of_ended_requests_make_room()
    {
        const long Bound = 3 * (1000 + InputTotals.Overhead);
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([.. Enumerable.Range(0, 5).Select(i => Request($"{i}"))], []);
        for (var i = 0; i < 3; i++)
        {
            (await AttachAsync(store, $"{i}", new string('x', 1000), bound: Bound)).ShouldBe(AttachOutcome.Attached);
        }

        (await AttachAsync(store, "3", "y", bound: Bound)).ShouldBe(AttachOutcome.Full);
        (await AttachAsync(store, "2", new string('y', 1000), bound: Bound)).ShouldBe(AttachOutcome.Replaced, "it takes no more than it had");
        (await store.Inputs.PruneAsync(new InputBounds(Bound, Start.AddDays(-1), Start.AddDays(-1)))).Total.ShouldBe(0, "all of them are waited for");

        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 2 }, Start);
        await store.SkipAsync([.. leases.Select(l => l.LeaseId)], "blurred", Start);
        (await store.Inputs.PruneAsync(new InputBounds(Bound, Start.AddDays(-1), Start.AddDays(-1)))).ShouldBe(new PrunedInputs(0, 0, 1));

        (await store.Inputs.FindAsync(Clothing, "0")).ShouldBeNull("the oldest goes first");
        (await store.Inputs.FindAsync(Clothing, "1")).ShouldNotBeNull();
        (await AttachAsync(store, "3", "y", bound: Bound)).ShouldBe(AttachOutcome.Attached);
    }

    [Fact]
    public async Task A_database_that_is_too_large_loses_inputs_of_ended_requests_before_softmax_outputs()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromDays(1) });
        await store.EnqueueAsync([Request("ended"), Request("waiting")], []);
        await AttachAsync(store, "ended", new string('x', 50_000));
        await AttachAsync(store, "waiting", new string('y', 50_000));
        await store.CompleteAsync([Answer("ended")], Start);
        var used = (await store.SizeAsync()).Used;

        var pruned = await store.PruneAsync(new RetentionBounds(Start.AddDays(-30)) { MaxBytes = used - 10_000 }, Start);

        (pruned.Inputs, pruned.Vectors, pruned.Requests, pruned.ExcessBytes).ShouldBe((1, 0, 0, 0));
        (await store.Inputs.FindAsync(Clothing, "waiting")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Large_inputs_are_deleted_in_pieces_so_that_no_write_waits_for_all_of_them()
    {
        await using var store = await _disk.OpenAsync();
        string[] ids = ["a", "b", "c", "d", "e"];
        await store.EnqueueAsync([.. ids.Select(id => Request(id))], []);
        foreach (var id in ids)
        {
            var content = new StoredInput("application/octet-stream", new byte[6 * 1024 * 1024]);
            (await store.Inputs.AttachAsync(Clothing, id, content, 1L << 30, Start)).ShouldBe(AttachOutcome.Attached);
        }

        await store.CompleteAsync([.. ids.Select(Answer)], Start);
        var bounds = new InputBounds(1L << 30, Start.AddDays(-1), Start);

        (await store.Inputs.PruneAsync(bounds)).ShouldBe(new PrunedInputs(3, 0, 0), "18 MiB");
        (await store.Inputs.PruneAsync(bounds)).ShouldBe(new PrunedInputs(2, 0, 0));
        (await store.Inputs.PruneAsync(bounds)).Total.ShouldBe(0);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200_000)]
    public async Task Of_a_forgotten_or_deleted_input_no_byte_is_left_in_the_files(int length)
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("forgotten"), Request("labelled"), Request("replaced"), Request("kept")], []);
        foreach (var id in (string[])["forgotten", "labelled", "replaced", "kept"])
        {
            await AttachAsync(store, id, Long(id, length));
        }

        await AttachAsync(store, "replaced", Long("after", length));
        await store.CompleteAsync([Answer("labelled")], Start);
        Has("end of forgotten").ShouldBeTrue("before, it is there");

        (await store.ForgetAsync(Clothing, ["forgotten"], new Origin(new Actor("ops", ""), Start))).Predictions.ShouldBe(1);
        (await store.Inputs.PruneAsync(new InputBounds(Room, Start.AddDays(-1), Start))).Labelled.ShouldBe(1);
        (await store.EraseAsync()).ShouldBeTrue();

        foreach (var gone in (string[])["forgotten", "labelled", "replaced"])
        {
            Has($"begin of {gone}").ShouldBeFalse(gone);
            Has($"end of {gone}").ShouldBeFalse(gone);
        }

        Has("end of kept").ShouldBeTrue();
        Has("end of after").ShouldBeTrue();
        (await store.Inputs.TotalsAsync()).Inputs.ShouldBe(2);
    }

    public void Dispose() => _disk.Dispose();

    private static Task<AttachOutcome> AttachAsync(MonitorStore store, string id, string text, DateTimeOffset? at = null, long bound = Room) =>
        store.Inputs.AttachAsync(Clothing, id, new StoredInput("text/plain", Encoding.UTF8.GetBytes(text)), bound, at ?? Start);

    private static async Task<string> ReadAsync(MonitorStore store, string id) =>
        Encoding.UTF8.GetString((await store.Inputs.FindAsync(Clothing, id)).ShouldNotBeNull().Content.Span);

    private static LabelAnswer Answer(string id) => new() { Key = Clothing, PredictionId = id, Label = 1, Annotator = "ann" };

    private static string Long(string id, int length) => $"begin of {id}{new string('.', length)}end of {id}";

    private bool Has(string text) => OtherProcess.ReadDatabase(_disk.DatabasePath).AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
}
