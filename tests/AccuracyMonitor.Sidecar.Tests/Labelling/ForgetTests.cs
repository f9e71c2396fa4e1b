using System.Text;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class ForgetTests
{
    private static readonly string[] Settings =
    [
        "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000", "--Adaptation:RecalibrateEvery=0",
        "--Adaptation:FineTuneEvery=0", "--Labelling:MaxLabelsApart=0",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_forgotten_prediction_is_in_no_file_of_the_database_and_the_windows_keep_their_sums()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        await using (var sidecar = await TestSidecar.StartInAsync(folder, Settings))
        {
            await Traffic.SendAsync(sidecar, "patient", 40);
            await Traffic.LabelAsync(sidecar, "patient", 0, 35, label: 0);
            var before = await GetAsync(sidecar);
            Has(folder, "patient-12").ShouldBeTrue();
            var request = new ForgetRequest { Model = "m", Version = "1", PredictionIds = { "patient-12", "patient-38", "nobody" } };

            var answer = await sidecar.Labels.ForgetAsync(request, cancellationToken: Cancel);

            (answer.Forgotten, answer.Erased).ShouldBe((2u, true));
            Has(folder, "patient-12").ShouldBeFalse();
            Has(folder, "patient-38").ShouldBeFalse();
            Has(folder, "patient-13").ShouldBeTrue();
            var after = await GetAsync(sidecar);
            (after.Predictions, after.Labels, after.PendingLabels, after.Unanswered).ShouldBe((before.Predictions, 35ul, 4ul, 1ul));
            (await sidecar.MetricAsync("accuracy_monitor_labels_total{model=\"m\",version=\"1\",outcome=\"forgotten\"}")).ShouldBe(2);
            (await sidecar.Labels.ForgetAsync(request, cancellationToken: Cancel)).Forgotten.ShouldBe(0u);
            var label = new Answer { Model = "m", Version = "1", PredictionId = "patient-38", Label = 0 };
            var late = await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { label } }, cancellationToken: Cancel);
            late.Outcomes.Single().Code.ShouldBe(OutcomeCode.NotFound);
            var entry = (await sidecar.Audit.ListAuditEntriesAsync(new ListAuditEntriesRequest { Model = "m", PageSize = 1 }, cancellationToken: Cancel))
                .Entries.Single();
            (entry.Action, entry.Detail, entry.Actor).ShouldBe((AuditAction.PredictionsForgotten, "2 forgotten", "local"));
        }

        await using (var restarted = await TestSidecar.StartInAsync(folder, Settings))
        {
            var estimate = await GetAsync(restarted);
            (estimate.Predictions, estimate.Labels, estimate.PendingLabels, estimate.Unanswered).ShouldBe(
                (40ul, 34ul, 4ul, 0ul), "windows are rebuilt from what is kept");
        }

        Has(folder, "patient-12").ShouldBeFalse();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("version")]
    [InlineData("prediction_ids")]
    public async Task What_it_needs_must_be_named(string field)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var request = new ForgetRequest { Model = field == "model" ? "" : "m", Version = field == "version" ? "" : "1" };
        if (field != "prediction_ids")
        {
            request.PredictionIds.Add("a");
        }

        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Labels.ForgetAsync(request, cancellationToken: Cancel));

        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe(field);
    }

    private static bool Has(string folder, string id) =>
        OtherProcess.ReadDatabase(Path.Combine(folder, "am.db")).AsSpan().IndexOf(Encoding.ASCII.GetBytes(id)) >= 0;

    private static async Task<WindowEstimate> GetAsync(TestSidecar sidecar) =>
        (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: Cancel)).Estimate;
}
