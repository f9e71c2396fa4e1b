using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Fleet;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Fleet;

/// <summary>One sidecar, whose clock stands still, and a hub that does what the test says.</summary>
public sealed class FleetReporterTests
{
    private static readonly ModelKey Key = new("m", "1");
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24)];

    [Fact]
    public async Task The_hub_has_the_sums_requests_labels_and_models_of_the_sidecar()
    {
        await using var hub = await FakeHub.StartedAsync();
        await using var bench = await Workbench.OpenAsync(hub.Setting, "--Hub:Instance=pod-1");
        bench.Count(30);
        await bench.Get<WindowSumWorker>().RunAsync(default);
        await bench.Store.EnqueueAsync([bench.Request("a"), bench.Request("b")], []);
        await bench.Store.CompleteAsync([Answer("a", 1)], bench.Clock.GetUtcNow());
        await ReportAsync(bench);

        Windows.Select(hub.Predictions).ShouldBe([30, 30, 30]);
        foreach (var (series, bucket) in hub.Buckets)
        {
            (bucket.Window.ToTimeSpan() / bucket.Width.ToTimeSpan()).ShouldBe(series.HasPredictedClass ? 12 : 60);
            bucket.Score.ShouldBe(0.75 * 30, 1e-9);
        }

        hub.Requests.OrderBy(r => r.PredictionId).Select(r => (r.PredictionId, r.Progress, r.HasLabel, r.Label, r.Annotator)).ShouldBe(
            [("a", RequestProgress.Labelled, true, 1u, "ann"), ("b", RequestProgress.Open, false, 0u, "")]);
        hub.Models.ShouldHaveSingleItem().ShouldSatisfyAllConditions(m => m.ClassCount.ShouldBe(2u), m => m.MonitorValid.ShouldBeFalse());
        var report = hub.Reports.ShouldHaveSingleItem();
        (report.Instance, report.Epoch, report.Sequence, report.AcknowledgedSequence, report.Backlog.Changes).ShouldBe(("pod-1", 1u, 1u, 0u, 0u));
        (await bench.Store.Fleet.BacklogAsync()).Changes.ShouldBe(0);

        // Nothing has changed: nothing is sent, until the hub must be told that the sidecar lives.
        await ReportAsync(bench);
        hub.Reports.Count.ShouldBe(1);
        bench.Clock.Advance(FleetReports.LongestSilence);
        await ReportAsync(bench);
        hub.Reports.Last().ShouldSatisfyAllConditions(
            r => r.Sequence.ShouldBe(2u),
            r => r.Series.ShouldBeEmpty(),
            r => (r.AcknowledgedEpoch, r.AcknowledgedSequence).ShouldBe((1u, 1u)));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Aborted)]
    [InlineData(StatusCode.Unimplemented)]
    [InlineData(StatusCode.Unauthenticated)]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.Internal)]
    public async Task A_hub_that_fails_loses_nothing_and_has_everything_once_it_is_back(StatusCode status)
    {
        await using var hub = await FakeHub.StartedAsync();
        hub.Refuse(status);
        await using var bench = await Workbench.OpenAsync(hub.Setting);
        var reporter = bench.Get<FleetReporter>();
        for (var i = 0; i < 5; i++)
        {
            bench.Count(10);
            await bench.Get<WindowSumWorker>().RunAsync(default);
            await bench.Store.EnqueueAsync([bench.Request($"p{i}")], []);
            await ReportAsync(bench);
            bench.Clock.Advance(TimeSpan.FromSeconds(20));
        }

        reporter.Problem.ShouldNotBeNull().ShouldContain($"{status}: as the test says");
        hub.Requests.ShouldBeEmpty();
        hub.Take();
        bench.Clock.Advance(ReportPause.Unimplemented);
        await ReportAsync(bench);
        hub.Requests.Count.ShouldBe(5);
        Windows.Select(hub.Predictions).ShouldBe([50, 50, 50]);
        reporter.Problem.ShouldBeNull();
        Metric(bench, "hub_pending_changes").ShouldBe(0);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_no_failure_of_the_sidecar()
    {
        await using var hub = new FakeHub();
        await using var bench = await Workbench.OpenAsync(hub.Setting);
        await bench.Store.EnqueueAsync([bench.Request("a")], []);
        await ReportAsync(bench);
        bench.Get<FleetReporter>().Problem.ShouldBeNull("it may be on its way up");
        bench.Clock.Advance(FleetReporter.Tolerated + TimeSpan.FromSeconds(1));
        bench.Get<FleetReporter>().Problem.ShouldNotBeNull();
        bench.InternalErrors("background").ShouldBe(0);
        await hub.StartAsync();
        bench.Clock.Advance(ReportPause.Longest);
        await ReportAsync(bench);
        hub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_report_that_was_given_up_and_arrives_late_changes_nothing()
    {
        await using var hub = await FakeHub.StartedAsync();
        var (arrived, let) = (new TaskCompletionSource(), new TaskCompletionSource());
        hub.Judge = async r =>
        {
            if (r.Sequence == 1)
            {
                arrived.SetResult();
                await let.Task;
            }

            return null;
        };
        await using var bench = await Workbench.OpenAsync(hub.Setting);
        await bench.Store.EnqueueAsync([bench.Request("a"), bench.Request("b")], []);
        var first = bench.Get<FleetReporter>().RunAsync(default);
        await arrived.Task;
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await first;

        await bench.Store.ForgetAsync(Key, ["a"], bench.Clock.GetUtcNow());
        await bench.Store.CompleteAsync([Answer("b", 1)], bench.Clock.GetUtcNow());
        bench.Clock.Advance(ReportPause.Longest);
        await ReportAsync(bench);
        let.SetResult();
        await bench.Store.RetractAsync([(Key, "b")], "", bench.Clock.GetUtcNow());
        await ReportAsync(bench);
        hub.Requests.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            r => r.PredictionId.ShouldBe("b"), r => r.Progress.ShouldBe(RequestProgress.Unanswered), r => r.HasLabel.ShouldBeFalse());
    }

    [Fact]
    public async Task A_change_that_the_hub_does_not_take_is_found_and_its_neighbours_arrive()
    {
        await using var hub = await FakeHub.StartedAsync();
        hub.Judge = r => Task.FromResult<Status?>(
            r.Requests.Any(q => q.PredictionId is "p7" or "p40") ? new Status(StatusCode.InvalidArgument, "requests[7].score is 2") : null);
        await using var bench = await Workbench.OpenAsync(hub.Setting);
        await bench.Store.EnqueueAsync([.. Enumerable.Range(0, 50).Select(i => bench.Request($"p{i}"))], []);
        await ReportAsync(bench);
        hub.Requests.Select(r => r.PredictionId).Order().ShouldBe(
            Enumerable.Range(0, 50).Where(i => i is not (7 or 40)).Select(i => $"p{i}").Order());
        (await bench.Store.Fleet.BacklogAsync()).Changes.ShouldBe(0);
        Metric(bench, "hub_refused_changes_total", HubMetrics.Invalid).ShouldBe(2);
    }

    [Fact]
    public async Task While_every_report_is_invalid_nothing_is_given_up()
    {
        await using var hub = await FakeHub.StartedAsync();
        hub.Refuse(StatusCode.InvalidArgument);
        await using var bench = await Workbench.OpenAsync(hub.Setting);
        await bench.Store.EnqueueAsync([bench.Request("a"), bench.Request("b")], []);
        await ReportAsync(bench);
        (await bench.Store.Fleet.BacklogAsync()).Changes.ShouldBe(2);
        Metric(bench, "hub_refused_changes_total", HubMetrics.Invalid).ShouldBe(0);
    }

    [Fact]
    public async Task What_the_answer_refuses_is_counted_and_not_sent_again()
    {
        await using var hub = await FakeHub.StartedAsync();
        hub.Answer = r => r.RefusedCount = 3;
        await using var bench = await Workbench.OpenAsync(hub.Setting);
        await bench.Store.EnqueueAsync([bench.Request("a")], []);
        await ReportAsync(bench);
        Metric(bench, "hub_refused_changes_total", HubMetrics.Refused).ShouldBe(3);
        await bench.Store.EnqueueAsync([bench.Request("b")], []);
        await ReportAsync(bench);
        hub.Reports.Count.ShouldBe(2);
        hub.Reports.Last().Requests.Select(r => r.PredictionId).ShouldBe(["b"]);
    }

    [Fact]
    public async Task A_hub_that_has_lost_its_memory_is_told_everything_again()
    {
        await using var hub = await FakeHub.StartedAsync();
        await using var bench = await Workbench.OpenAsync(hub.Setting);
        bench.Count(10);
        await bench.Get<WindowSumWorker>().RunAsync(default);
        await bench.Store.EnqueueAsync([.. Enumerable.Range(0, 20).Select(i => bench.Request($"p{i}"))], []);
        await ReportAsync(bench);
        hub.LoseMemory();
        bench.Clock.Advance(FleetReports.LongestSilence);
        await ReportAsync(bench);
        await ReportAsync(bench);
        hub.Requests.Count.ShouldBe(20);
        Windows.Select(hub.Predictions).ShouldBe([10, 10, 10]);
        hub.Models.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Each_start_is_an_epoch_of_the_database_and_another_database_is_another_source()
    {
        await using var hub = await FakeHub.StartedAsync();
        var folder = Directory.CreateTempSubdirectory("am-epochs-").FullName;
        for (var start = 0; start < 2; start++)
        {
            await using var bench = await Workbench.OpenInAsync(folder, hub.Setting);
            await ReportAsync(bench);
        }

        await using (var other = await Workbench.OpenAsync(hub.Setting))
        {
            await ReportAsync(other);
        }

        hub.Reports.Select(r => (r.Epoch, r.Sequence)).ShouldBe([(1u, 1u), (2u, 1u), (1u, 1u)]);
        hub.Reports.Select(r => r.SourceId).Distinct().Count().ShouldBe(2);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Reports_stay_within_their_bound_and_say_what_is_left()
    {
        await using var hub = await FakeHub.StartedAsync();
        await using var bench = await Workbench.OpenAsync(hub.Setting, "--Hub:MaxReportBytes=65536");
        await bench.Store.EnqueueAsync([.. Enumerable.Range(0, 1000).Select(i => bench.Request($"{i:D100}"))], []);
        await ReportAsync(bench);
        hub.Requests.Count.ShouldBe(1000);
        hub.Reports.Count.ShouldBeGreaterThan(2);
        hub.Reports.ShouldAllBe(r => r.CalculateSize() <= 65536);
        hub.Reports.Select(r => r.Backlog.Changes).ShouldBeInOrder(SortDirection.Descending);
        hub.Reports.Last().Backlog.Changes.ShouldBe(0u);
    }

    [Fact]
    public async Task A_sidecar_that_stops_reports_the_sums_that_were_not_written_yet()
    {
        await using var hub = await FakeHub.StartedAsync();
        await using var sidecar = await TestSidecar.StartAsync(
            hub.Setting, "--Hub:Interval=10m", "--Storage:FlushInterval=10m", "--Sampling:Budget=0.0001", "--Listen:ShutdownTimeout=2m");
        await Traffic.SendAsync(sidecar, "p", 500);
        hub.Reports.ShouldBeEmpty();
        await sidecar.StopAsync();
        Windows.Select(hub.Predictions).ShouldBe([500, 500, 500]);
    }

    [Fact]
    public async Task A_sidecar_without_a_hub_does_no_work_for_one()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.Store.EnqueueAsync([bench.Request("a")], []);
        (await bench.Store.Fleet.BacklogAsync()).ShouldBe(default);
        Should.Throw<InvalidOperationException>(bench.Get<FleetReporter>);
    }

    private static LabelAnswer Answer(string id, int label) => new() { Key = Key, PredictionId = id, Label = label, Annotator = "ann" };

    private static Task ReportAsync(Workbench bench)
    {
        bench.Model.FirstMonitor.IsSettled.ShouldBeTrue();
        return bench.Get<FleetReporter>().RunAsync(TestContext.Current.CancellationToken);
    }

    private static double Metric(Workbench bench, string name, params string[] labels) =>
        bench.Get<MetricRegistry>().Find($"accuracy_monitor_{name}")!.Snapshot.Single(s => s.Labels.SequenceEqual(labels)).Value;
}
