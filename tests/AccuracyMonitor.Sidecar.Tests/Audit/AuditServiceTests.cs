using System.Text.Json;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using AuditAction = AccuracyMonitor.V1.AuditAction;
using StoredAction = AccuracyMonitor.Storage.Audit.AuditAction;

namespace AccuracyMonitor.Sidecar.Tests.Audit;

public sealed class AuditServiceTests
{
    private static readonly string[] Everything =
    [
        "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000", "--Adaptation:RecalibrateEvery=0",
        "--Adaptation:FineTuneEvery=0",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_call_that_changes_something_has_an_entry_with_its_caller()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await Traffic.SendAsync(sidecar, "p", 200);
        var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 2 }, cancellationToken: Cancel);
        await sidecar.Labels.SkipAsync(new SkipRequest { LeaseIds = { leased.Items[0].LeaseId } }, cancellationToken: Cancel);
        await sidecar.Labels.ReleaseAsync(new ReleaseRequest { LeaseIds = { leased.Items[1].LeaseId } }, cancellationToken: Cancel);
        await Traffic.LabelAsync(sidecar, "p", 0, 200, label: 1);
        await sidecar.Labels.RetractAsync(
            new RetractRequest { Predictions = { new PredictionRef { Model = "m", Version = "1", PredictionId = "p-3" } }, Annotator = "eve" },
            cancellationToken: Cancel);
        var kind = AdaptationKind.Recalibration;
        var adapted = await sidecar.Monitors.AdaptMonitorAsync(new AdaptMonitorRequest { Model = "m", Version = "1", Kind = kind }, cancellationToken: Cancel);
        adapted.Decision.Promoted.ShouldBeTrue(adapted.Decision.Reason);
        var head = adapted.Monitor.MonitorVersion;
        await sidecar.Monitors.RollBackMonitorAsync(new RollBackMonitorRequest { Model = "m", Version = "1" }, cancellationToken: Cancel);
        await sidecar.Monitors.ActivateMonitorAsync(
            new ActivateMonitorRequest { Model = "m", Version = "1", MonitorVersion = head }, cancellationToken: Cancel);

        var entries = (await ListAsync(sidecar, new ListAuditEntriesRequest())).Entries.Reverse().ToArray();

        entries.Select(e => (e.Action, e.Actor, e.PeerAddress)).ShouldBe(
        [
            (AuditAction.Started, "sidecar", ""),
            (AuditAction.LabelsSkipped, "local", "unix"),
            (AuditAction.LabelsCompleted, "local", "unix"),
            (AuditAction.LabelsRetracted, "local", "unix"),
            (AuditAction.MonitorRegistered, "sidecar", ""),
            (AuditAction.MonitorRegistered, "sidecar", ""),
            (AuditAction.MonitorActivated, "sidecar", ""),
            (AuditAction.MonitorAdapted, "local", "unix"),
            (AuditAction.MonitorRolledBack, "local", "unix"),
            (AuditAction.MonitorActivated, "local", "unix"),
        ]);
        entries.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, 10).Select(i => (long)i));
        entries.Skip(1).ShouldAllBe(e => e.Model == "m" && e.Version == "1");
        (entries[2].Detail, entries[3].Detail).ShouldBe(("200 given, 0 replaced; annotators: ", "1 retracted; annotator: eve"));
        entries[7].Detail.ShouldStartWith($"{head} took over from softmax: ");
    }

    [Fact]
    public async Task Labels_that_promote_a_challenger_by_themselves_are_the_sidecars_change()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, "--Adaptation:RecalibrateEvery=1"]);
        await Traffic.SendAsync(sidecar, "p", 300);
        for (var from = 0; from < 300; from += 100)
        {
            await Traffic.LabelAsync(sidecar, "p", from, 100, label: 1);
        }

        await Eventually.TrueAsync(async () => (await ListAsync(sidecar, new ListAuditEntriesRequest())).Entries.Any(
            e => e.Action == AuditAction.MonitorPromoted && e.Actor == "sidecar" && e.Model == "m"), "a head is promoted by evidence");
    }

    [Fact]
    public async Task Pages_hold_what_fits_once_each_newest_first()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await Traffic.SendAsync(sidecar, "p", 10);
        for (var i = 0; i < 10; i++)
        {
            await Traffic.LabelAsync(sidecar, "p", i, 1, label: 0);
        }

        List<long> seen = [];
        var request = new ListAuditEntriesRequest { PageSize = 4 };
        do
        {
            var page = await ListAsync(sidecar, request);
            page.Entries.Count.ShouldBeLessThanOrEqualTo(4);
            seen.AddRange(page.Entries.Select(e => e.Sequence));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        seen.ShouldBe(Enumerable.Range(1, 11).Reverse().Select(i => (long)i));
        var whole = await ListAsync(sidecar, new ListAuditEntriesRequest { PageSize = 11 });
        (whole.Entries.Count, whole.NextPageToken).ShouldBe((11, ""));
        (await ListAsync(sidecar, new ListAuditEntriesRequest { Model = "m", Version = "1" })).Entries.Count.ShouldBe(10);
        (await ListAsync(sidecar, new ListAuditEntriesRequest { Model = "other" })).Entries.ShouldBeEmpty();
        (await ListAsync(sidecar, new ListAuditEntriesRequest { Since = whole.Entries[2].Time })).Entries.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("page_size")]
    [InlineData("page_token")]
    [InlineData("since")]
    public async Task A_request_out_of_bounds_names_its_field(string field)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var request = field switch
        {
            "page_size" => new ListAuditEntriesRequest { PageSize = 1001 },
            "page_token" => new ListAuditEntriesRequest { PageToken = "-1" },
            _ => new ListAuditEntriesRequest { Since = new Timestamp { Seconds = long.MaxValue } },
        };

        var error = await Should.ThrowAsync<RpcException>(() => ListAsync(sidecar, request));

        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe(field);
    }

    [Fact]
    public async Task A_restart_names_the_settings_that_differ_and_no_value()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        await using (await TestSidecar.StartInAsync(folder, "--Alarms:Objective=0.9"))
        {
        }

        await using (var sidecar = await TestSidecar.StartInAsync(folder, "--Alarms:Objective=0.95", "--Sampling:Budget=0.02"))
        {
            var entries = (await ListAsync(sidecar, new ListAuditEntriesRequest())).Entries;
            entries.Select(e => e.Detail.Split(": ")[1]).ShouldBe(["changed Alarms:Objective, Sampling:Budget", "first start with this database"]);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_client_in_Go_reads_the_trail_by_reflection()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var installed = Path.Combine(Repository.Root, "artifacts", "tools", "node_modules", ".bin", "buf");

        var json = await Script.RunAsync(
            sidecar.Folder,
            """
            "$BUF" curl --protocol grpc --unix-socket am.sock --http2-prior-knowledge -d '{"pageSize": 5}' \
              http://localhost/accuracy_monitor.v1.AuditService/ListAuditEntries
            """,
            ("BUF", File.Exists(installed) ? installed : "buf"));

        using var document = JsonDocument.Parse(json);
        var entry = document.RootElement.GetProperty("entries")[0];
        (entry.GetProperty("sequence").GetString(), entry.GetProperty("action").GetString()).ShouldBe(("1", "AUDIT_ACTION_STARTED"));
    }

    [Fact]
    public void Actions_of_the_store_have_the_numbers_of_the_wire() => System.Enum.GetValues<StoredAction>()
        .Select(a => $"{(int)a} {a}").ShouldBe(System.Enum.GetValues<AuditAction>().Where(a => a != AuditAction.Unspecified).Select(a => $"{(int)a} {a}"));

    private static async Task<ListAuditEntriesResponse> ListAsync(TestSidecar sidecar, ListAuditEntriesRequest request) =>
        await sidecar.Audit.ListAuditEntriesAsync(request, cancellationToken: Cancel);
}
