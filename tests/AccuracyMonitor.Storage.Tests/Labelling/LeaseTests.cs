using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class LeaseTests : IDisposable
{
    private static readonly LeaseQuery Minute = new() { MaxItems = 10, Duration = TimeSpan.FromMinutes(1) };

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task The_oldest_wait_least_and_nobody_gets_what_another_has()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("b"), Request("a"), Request("c")], []);
        Ids(await store.LeaseAsync(Minute with { MaxItems = 2 }, Start)).ShouldBe(["b", "a"]);
        Ids(await store.LeaseAsync(Minute with { MaxItems = 2 }, Start)).ShouldBe(["c"]);
        Ids(await store.LeaseAsync(Minute, Start)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_model_and_version_asked_for_are_leased()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b", new ModelKey("shoes", "7")), Request("c", new ModelKey("shoes", "8"))], []);
        Ids(await store.LeaseAsync(Minute with { Model = "shoes", Version = "8" }, Start)).ShouldBe(["c"]);
        Ids(await store.LeaseAsync(Minute with { Model = "shoes" }, Start)).ShouldBe(["b"]);
        Ids(await store.LeaseAsync(Minute with { Model = "", Version = "" }, Start)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task An_ended_lease_goes_back_to_its_place_and_the_attempts_are_counted()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], []);
        var first = await store.LeaseAsync(Minute with { MaxItems = 1 }, Start);
        var second = await store.LeaseAsync(Minute, Start.AddMinutes(1));
        second.Select(l => (l.Request.PredictionId, l.Attempt)).ShouldBe([("a", 2), ("b", 1)]);
        second[0].LeaseId.ShouldNotBe(first[0].LeaseId, StringComparer.Ordinal);

        // The one who had it before can't touch it any more, except by answering.
        string[] lost = [first[0].LeaseId];
        var results = new[]
        {
            await store.ExtendAsync(lost, TimeSpan.FromMinutes(1), Start), await store.ReleaseAsync(lost, Start), await store.SkipAsync(lost, "", Start),
        };
        results.ShouldAllBe(r => r.Single().Outcome == LabelOutcome.LeaseLost && r.Single().PreviousState == RequestState.Leased);
    }

    [Fact]
    public async Task A_lease_that_ended_is_lost_even_when_nobody_else_took_the_request()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        string[] lease = [(await store.LeaseAsync(Minute, Start))[0].LeaseId];
        (await store.ExtendAsync(lease, TimeSpan.FromMinutes(1), Start.AddMinutes(1)))[0].Outcome.ShouldBe(LabelOutcome.LeaseLost);
    }

    [Fact]
    public async Task An_extended_lease_runs_from_now()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        string[] lease = [(await store.LeaseAsync(Minute, Start))[0].LeaseId];
        (await store.ExtendAsync(lease, TimeSpan.FromMinutes(1), Start.AddSeconds(50)))[0].Outcome.ShouldBe(LabelOutcome.Ok);
        (await store.LeaseAsync(Minute, Start.AddSeconds(109))).ShouldBeEmpty();
        (await store.LeaseAsync(Minute, Start.AddSeconds(110))).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_released_request_is_leased_again_and_a_skipped_one_never()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], []);
        var leases = await store.LeaseAsync(Minute, Start);
        (await store.ReleaseAsync([leases[0].LeaseId, leases[0].LeaseId], Start)).Select(r => r.Outcome).ShouldBe([LabelOutcome.Ok, LabelOutcome.LeaseLost]);
        var skipped = await store.SkipAsync([leases[1].LeaseId, leases[1].LeaseId, "nonsense"], "blurred", Start);
        skipped.Select(r => r.Outcome).ShouldBe([LabelOutcome.Ok, LabelOutcome.Unchanged, LabelOutcome.NotFound]);
        (skipped[0].PreviousState, skipped[0].Request!.State).ShouldBe((RequestState.Leased, RequestState.Skipped));
        skipped[0].Request!.SkipReason.ShouldBe("blurred");
        Ids(await store.LeaseAsync(Minute, Start.AddHours(1))).ShouldBe(["a"]);
    }

    [Fact]
    public async Task What_is_answered_can_not_be_extended_released_or_skipped()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        string[] lease = [(await store.LeaseAsync(Minute, Start))[0].LeaseId];
        await store.CompleteAsync([new LabelAnswer { LeaseId = lease[0], Label = 1 }], Start);
        var results = new[]
        {
            await store.ExtendAsync(lease, TimeSpan.FromMinutes(1), Start), await store.ReleaseAsync(lease, Start), await store.SkipAsync(lease, "", Start),
        };
        results.ShouldAllBe(r => r.Single().Outcome == LabelOutcome.AlreadyAnswered);
    }

    [Fact]
    public async Task A_reason_of_500_characters_is_kept_and_a_longer_one_refused()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        string[] lease = [(await store.LeaseAsync(Minute, Start))[0].LeaseId];
        var refused = (await store.SkipAsync(lease, new string('x', 501), Start))[0];
        (refused.Outcome, refused.Reason).ShouldBe((LabelOutcome.Invalid, "reason has 501 characters, at most 500 are kept"));
        (await store.SkipAsync(lease, new string('x', 500), Start))[0].Outcome.ShouldBe(LabelOutcome.Ok);
    }

    [Fact]
    public async Task Requests_past_their_end_expire_once_and_are_never_handed_out()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b") with { ExpiresAt = Start.AddHours(25) }, Request("c")], []);
        var end = Start.AddHours(24);
        Ids(await store.LeaseAsync(Minute with { MaxItems = 1 }, end)).ShouldBe(["b"]);
        (await store.ExpireAsync(end, limit: 1)).Select(r => (r.PredictionId, r.State)).ShouldBe([("a", RequestState.Expired)]);
        (await store.ExpireAsync(end)).Select(r => r.PredictionId).ShouldBe(["c"]);
        (await store.ExpireAsync(end)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lease_that_still_runs_is_let_finish_before_its_request_expires()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        await store.LeaseAsync(Minute, Start.AddHours(24).AddSeconds(-1));
        (await store.ExpireAsync(Start.AddHours(24))).ShouldBeEmpty();
        (await store.ExpireAsync(Start.AddHours(24).AddMinutes(1))).Select(r => r.PredictionId).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_clock_that_jumps_back_only_lengthens_leases()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        string[] lease = [(await store.LeaseAsync(Minute, Start))[0].LeaseId];
        (await store.LeaseAsync(Minute, Start.AddDays(-10))).ShouldBeEmpty();
        (await store.ExtendAsync(lease, TimeSpan.FromMinutes(1), Start.AddDays(-10)))[0].Outcome.ShouldBe(LabelOutcome.Ok);
    }

    [Fact]
    public async Task Bounds_of_a_call_are_checked_and_named()
    {
        await using var store = await _disk.OpenAsync();
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => store.LeaseAsync(Minute with { MaxItems = 1001 }, Start)))
            .Message.ShouldContain("MaxItems");
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => store.LeaseAsync(Minute with { MaxItems = 0 }, Start))).Message.ShouldContain("MaxItems");
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => store.LeaseAsync(Minute with { Duration = TimeSpan.FromHours(13) }, Start)))
            .Message.ShouldContain("Duration");
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => store.ExtendAsync([], TimeSpan.Zero, Start))).Message.ShouldContain("duration");
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => store.ReleaseAsync(new string[1001], Start))).Message.ShouldContain("1000");
    }

    public void Dispose() => _disk.Dispose();

    private static IEnumerable<string> Ids(IEnumerable<LeasedRequest> leased) => leased.Select(l => l.Request.PredictionId);
}
