using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Data.Sqlite;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Audit;

public sealed class AuditTrailTests : IDisposable
{
    /// <summary>Of the bytes 1, 2, 3.</summary>
    private const string Sha256 = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";

    private static readonly ModelKey Shoes = new("shoes", "1");
    private static readonly Origin Ops = new(new Actor("token:ops", "10.0.0.7"), Start);

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_call_about_labels_has_one_entry_for_each_model_version_that_it_changed()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b"), Request("c"), Request("d", Shoes)], []);
        await store.CompleteAsync([Answer("a", 0)], Start);

        await store.CompleteAsync(
            [Answer("a", 1), Answer("b", 1), Answer("c", 1) with { Annotator = "bob" }, Answer("d", 1) with { Key = Shoes }, Answer("nobody", 1)], Ops);
        await store.CompleteAsync([Answer("a", 1), Answer("nobody", 1)], Ops);
        await store.RetractAsync([(Clothing, "a"), (Clothing, "b"), (Shoes, "nobody")], "eve", Ops);
        await store.RetractAsync([(Clothing, "a")], "eve", Ops);

        var entries = await store.AuditAsync(new AuditQuery { Limit = 3 });
        entries.ShouldAllBe(e => e.Origin == Ops);
        entries.Select(e => (e.Action, e.Key, e.Detail)).ShouldBe(
        [
            (AuditAction.LabelsRetracted, Clothing, "2 retracted; annotator: eve"),
            (AuditAction.LabelsCompleted, Shoes, "1 given, 0 replaced; annotators: ann"),
            (AuditAction.LabelsCompleted, Clothing, "2 given, 1 replaced; annotators: ann, bob"),
        ]);
        (await store.AuditAsync(new AuditQuery())).Count.ShouldBe(4, "what changed nothing has no entry");
    }

    [Fact]
    public async Task A_skip_is_recorded_without_its_free_text()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        var lease = (await store.LeaseAsync(new LeaseQuery { MaxItems = 1, Duration = TimeSpan.FromMinutes(1) }, Start)).Single();

        await store.SkipAsync([lease.LeaseId], "shows Jane Doe", Ops);
        await store.SkipAsync([lease.LeaseId], "shows Jane Doe", Ops);

        var entry = (await store.AuditAsync(new AuditQuery())).ShouldHaveSingleItem();
        (entry.Action, entry.Detail, entry.Origin).ShouldBe((AuditAction.LabelsSkipped, "1 skipped", Ops));
    }

    [Fact]
    public async Task A_change_that_cannot_be_recorded_is_not_made()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], []);
        var lease = (await store.LeaseAsync(new LeaseQuery { MaxItems = 1, Duration = TimeSpan.FromMinutes(1) }, Start)).Single();
        await store.CompleteAsync([Answer("b", 0)], Start);
        await store.Monitors.RegisterAsync(Monitor("m1"));
        await store.Monitors.RegisterAsync(Monitor("m2"));
        await store.Monitors.ActivateAsync(Clothing, "m1", null, Start);
        Run("CREATE TRIGGER failing BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'failing'); END");

        Func<Task>[] changes =
        [
            () => store.CompleteAsync([Answer("b", 1)], Ops),
            () => store.RetractAsync([(Clothing, "b")], "", Ops),
            () => store.SkipAsync([lease.LeaseId], "", Ops),
            () => store.Monitors.RegisterAsync(Monitor("m3"), Ops),
            () => store.Monitors.ActivateAsync(Clothing, "m2", Decision("m2", PromotionKind.Manual), Ops),
            () => store.Monitors.RecordDecisionAsync(Decision("m2", PromotionKind.Recalibration) with { Promoted = false }, Ops),
            () => store.RecordStartAsync(new Dictionary<string, string> { ["a"] = "b" }, Ops),
        ];
        foreach (var change in changes)
        {
            (await Should.ThrowAsync<StoreException>(change)).Message.ShouldContain("failing");
        }

        (await store.FindAsync(Clothing, "b"))!.Label.ShouldBe(0);
        (await store.CountsAsync()).Skipped.ShouldBe(0);
        (await store.Monitors.ListAsync()).Select(m => m.Monitor.MonitorVersion).ShouldBe(["m2", "m1"]);
        (await store.Monitors.ActiveAsync(Clothing))!.MonitorVersion.ShouldBe("m1");
        (await store.Monitors.DecisionsAsync(Clothing)).ShouldBeEmpty();
        Run("DROP TRIGGER failing");
        await store.RecordStartAsync(new Dictionary<string, string> { ["a"] = "b" }, Ops);
        (await store.AuditAsync(new AuditQuery { Limit = 1 })).Single().Detail.ShouldEndWith(": first start with this database");
    }

    [Fact]
    public async Task Monitors_are_recorded_with_who_decided()
    {
        await using var store = await _disk.OpenAsync();
        await store.Monitors.RegisterAsync(Monitor("m1"));
        await store.Monitors.RegisterAsync(Monitor("m2"), Ops);
        await store.Monitors.RegisterAsync(Monitor("m2"), Ops);
        await store.Monitors.ActivateAsync(Clothing, "m1", null, Start);
        await store.Monitors.ActivateAsync(Clothing, "m2", Decision("m2", PromotionKind.Recalibration), Start);
        await store.Monitors.ActivateAsync(Clothing, "m1", Decision("m1", PromotionKind.Manual), Ops);
        await store.Monitors.RecordDecisionAsync(Decision("m2", PromotionKind.FineTuning) with { Promoted = false });
        await store.Monitors.RecordDecisionAsync(Decision("m2", PromotionKind.FineTuning) with { Promoted = false }, Ops);

        (await store.AuditAsync(new AuditQuery())).Reverse().Select(e => (e.Action, e.Origin.By.Subject, e.Detail)).ShouldBe(
        [
            (AuditAction.MonitorRegistered, "sidecar", $"m1: ensemble, file SHA-256 {Sha256}"),
            (AuditAction.MonitorRegistered, "token:ops", $"m2: ensemble, file SHA-256 {Sha256}"),
            (AuditAction.MonitorActivated, "sidecar", "m1 is the champion"),
            (AuditAction.MonitorPromoted, "sidecar", "m2 took over from m1: why"),
            (AuditAction.MonitorActivated, "token:ops", "m1 took over from m1: why"),
            (AuditAction.MonitorAdapted, "token:ops", "m2 was refused, and the champion stays m1: why"),
        ]);
    }

    [Fact]
    public async Task A_page_is_filtered_by_model_version_and_time_and_continues_where_the_last_ended()
    {
        await using var store = await _disk.OpenAsync();
        for (var i = 0; i < 6; i++)
        {
            await store.Monitors.RegisterAsync(Monitor($"m{i}") with { Key = i % 2 == 0 ? Clothing : Shoes }, Ops with { At = Start.AddHours(i) });
        }

        (await PlacesAsync(new AuditQuery { Limit = 2 })).ShouldBe([6, 5]);
        (await PlacesAsync(new AuditQuery { Limit = 2, Before = 5 })).ShouldBe([4, 3]);
        (await PlacesAsync(new AuditQuery { Model = "shoes" })).ShouldBe([6, 4, 2]);
        (await PlacesAsync(new AuditQuery { Model = "shoes", Version = "7" })).ShouldBeEmpty();
        (await PlacesAsync(new AuditQuery { Version = "7", Since = Start.AddHours(2) })).ShouldBe([5, 3]);

        async Task<IEnumerable<long>> PlacesAsync(AuditQuery query) => (await store.AuditAsync(query)).Select(e => e.Sequence);
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'x'", "audit is append-only")]
    [InlineData("INSERT OR REPLACE INTO audit SELECT 1, at, 'x', address, action, model, version, detail, labelling FROM audit", "audit is append-only")]
    [InlineData("DELETE FROM audit WHERE sequence = 2", "only the oldest entries of audit can be deleted")]
    public async Task An_entry_is_neither_changed_nor_taken_out_of_the_middle(string sql, string refusal)
    {
        await using (var store = await _disk.OpenAsync())
        {
            await store.Monitors.RegisterAsync(Monitor("m1"));
            await store.Monitors.RegisterAsync(Monitor("m2"));
        }

        Should.Throw<SqliteException>(() => Run(sql)).Message.ShouldContain(refusal);
    }

    [Fact]
    public async Task The_oldest_entries_go_by_age_in_bounded_pieces()
    {
        await using var store = await _disk.OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            await store.Monitors.RegisterAsync(Monitor($"m{i}"), Ops with { At = Start.AddDays(i) });
        }

        var bounds = new RetentionBounds(Start.AddDays(5));
        (await store.PruneAsync(bounds, Start.AddDays(30), 3)).ShouldBe(new PruneResult(0, 0, More: true) { Audits = 3 });
        (await store.PruneAsync(bounds, Start.AddDays(30), 3)).ShouldBe(new PruneResult(0, 0, More: false) { Audits = 2 });
        (await store.AuditAsync(new AuditQuery())).Select(e => e.Sequence).ShouldBe([10, 9, 8, 7, 6]);
    }

    [Fact]
    public async Task No_amount_of_labelling_displaces_what_was_done_to_monitors()
    {
        await using var store = await _disk.OpenAsync();
        await store.Monitors.RegisterAsync(Monitor("m1"), Ops);
        Run(
            $"""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {RetentionBounds.KeptLabelAudits + 150})
            INSERT INTO audit (at, actor, address, action, model, version, detail, labelling)
            SELECT {Start.UtcTicks}, 'token:ann', '', 6, 'm', '1', '', 1 FROM n
            """);

        var bounds = new RetentionBounds(DateTimeOffset.MinValue);
        (await store.PruneAsync(bounds, Start, 100)).ShouldBe(new PruneResult(0, 0, More: true) { Audits = 100 });
        (await store.PruneAsync(bounds, Start, 100)).ShouldBe(new PruneResult(0, 0, More: false) { Audits = 50 });
        (await store.AuditAsync(new AuditQuery { Before = 100 })).Select(e => e.Action).ShouldBe([AuditAction.MonitorRegistered]);
    }

    [Fact]
    public async Task Long_texts_are_cut_and_control_characters_taken_out()
    {
        await using var store = await _disk.OpenAsync();
        var long4 = $"{new string('x', 499)}😀";
        await store.Monitors.RegisterAsync(Monitor("m1"), new Origin(new Actor($"jwt:\u001b[2J{new string('s', 300)}", "::1"), Start));
        await store.Monitors.RecordDecisionAsync(Decision("", PromotionKind.Recalibration) with { Reason = long4 }, Ops);

        var entries = await store.AuditAsync(new AuditQuery());
        entries[1].Origin.By.Subject.ShouldBe($"jwt: [2J{new string('s', 192)}");
        entries[0].Detail.Length.ShouldBe(AuditTrail.MaxDetail);
    }

    [Fact]
    public async Task A_start_names_the_settings_that_differ_and_keeps_no_value()
    {
        await using var store = await _disk.OpenAsync();
        string[] details =
        [
            await StartedAsync(("Alarms:Objective", "0.9"), ("Telemetry:Key", "a-secret")),
            await StartedAsync(("Telemetry:Key", "a-secret"), ("ALARMS:objective", "0.9")),
            await StartedAsync(("Alarms:Objective", "0.8"), ("Telemetry:Key", "a-secret"), ("Sampling:Budget", "0.01")),
            await StartedAsync(("Alarms:Objective", "0.9"), ("Telemetry:Key", "a-secret")),
            await StartedAsync([.. Enumerable.Range(0, 100).Select(i => ($"Access:Grants:{i}", "x"))]),
        ];

        details.Select(d => d[27..]).Take(4).ShouldBe(
        [
            "first start with this database", "as at the start before", "changed Alarms:Objective, Sampling:Budget",
            "changed Alarms:Objective, Sampling:Budget",
        ]);
        details[0][..25].ShouldBe(details[1][..25]);
        details[0][..25].ShouldBe(details[3][..25]);
        details[0][..25].ShouldNotBe(details[2][..25]);
        details[4][27..].ShouldStartWith("changed Access:Grants:0, Access:Grants:1, ");
        details[4].ShouldEndWith(" others");
        details[4].Length.ShouldBeLessThanOrEqualTo(AuditTrail.MaxDetail);

        async Task<string> StartedAsync(params (string Name, string Value)[] settings)
        {
            await store.RecordStartAsync(settings.ToDictionary(s => s.Name, s => s.Value), Start);
            return (await store.AuditAsync(new AuditQuery { Limit = 1 })).Single().Detail;
        }
    }

    public void Dispose() => _disk.Dispose();

    private static LabelAnswer Answer(string id, long label) => new() { Key = Clothing, PredictionId = id, Label = label, Annotator = "ann" };

    private static MonitorRow Monitor(string version) =>
        new() { Key = Clothing, MonitorVersion = version, Kind = "ensemble", CreatedAt = Start, Onnx = [1, 2, 3] };

    private static PromotionRow Decision(string challenger, PromotionKind kind) => new()
    {
        Key = Clothing,
        ChallengerVersion = challenger,
        ChampionVersion = "m1",
        Kind = kind,
        Promoted = true,
        Reason = "why",
        DecidedAt = Start,
    };

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text comes from tests alone.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
