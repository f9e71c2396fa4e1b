using System.Text;
using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Management;

public sealed class DeleteModelTests
{
    private static readonly string[] Settings = ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_version_is_in_no_file_and_in_no_window_and_is_watched_anew_when_it_is_seen_again()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        await using (var sidecar = await TestSidecar.StartInAsync(folder, Settings))
        {
            await Traffic.SendAsync(sidecar, "patient", 40);
            await Traffic.LabelAsync(sidecar, "patient", 0, 35, label: 0);
            Has(folder, "patient-12").ShouldBeTrue();

            var answer = await sidecar.Monitors.DeleteModelAsync(new DeleteModelRequest { Model = "m" }, cancellationToken: Cancel);

            (answer.Requests, answer.Erased).ShouldBe((40ul, true));
            Has(folder, "patient-").ShouldBeFalse();
            var unknown = await Should.ThrowAsync<RpcException>(async () => await GetAsync(sidecar));
            unknown.StatusCode.ShouldBe(StatusCode.NotFound);
            var entries = await sidecar.Audit.ListAuditEntriesAsync(new ListAuditEntriesRequest { Model = "m", PageSize = 1 }, cancellationToken: Cancel);
            (entries.Entries.Single().Action, entries.Entries.Single().Actor).ShouldBe((AuditAction.ModelDeleted, "local"));

            await Traffic.SendAsync(sidecar, "later", 3);
            (await GetAsync(sidecar)).Predictions.ShouldBe(3ul);
        }

        await using (var restarted = await TestSidecar.StartInAsync(folder, Settings))
        {
            (await GetAsync(restarted)).Predictions.ShouldBe(3ul);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Nothing_that_was_on_its_way_is_written_in_the_name_of_a_deleted_version()
    {
        await using var bench = await Workbench.OpenAsync();
        var model = bench.Model;
        bench.Count(3);
        var batch = bench.Batch(("late", Queueing.RowOutcome.Requested));
        await bench.Get<Sidecar.Management.ModelEraser>().RunAsync("m", "1", AccuracyMonitor.Storage.Audit.Actor.Sidecar, Cancel);

        bench.Get<LabelRequestWriter>().Write(model, [bench.Request("late")], [batch]);
        await batch.Done.Task;
        await bench.Get<Sidecar.Storage.WindowSumWorker>().WriteAsync(model);

        batch.Outcomes[0].ShouldBe(default);
        (await bench.Store.CountsAsync(cancellation: Cancel)).Waiting.ShouldBe(0);
        (await bench.StoredAsync()).ShouldBe(0);
        bench.Get<ModelRegistry>().TryGet(new ModelKey("m", "1"), out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_model_must_be_named()
    {
        await using var sidecar = await TestSidecar.StartAsync();

        var error = await Should.ThrowAsync<RpcException>(
            async () => await sidecar.Monitors.DeleteModelAsync(new DeleteModelRequest { Version = "1" }, cancellationToken: Cancel));

        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe("model");
    }

    private static bool Has(string folder, string id) =>
        OtherProcess.ReadDatabase(Path.Combine(folder, "am.db")).AsSpan().IndexOf(Encoding.ASCII.GetBytes(id)) >= 0;

    private static async Task<WindowEstimate> GetAsync(TestSidecar sidecar) =>
        (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: Cancel)).Estimate;
}
