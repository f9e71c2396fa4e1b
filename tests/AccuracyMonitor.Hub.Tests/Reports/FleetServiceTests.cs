using System.Text.Json;
using AccuracyMonitor.Hub.Estimation;
using AccuracyMonitor.Hub.Tests.Support;
using AccuracyMonitor.V1;
using Grpc.Core;
using Npgsql;

namespace AccuracyMonitor.Hub.Tests.Reports;

/// <summary>Reports over a real port into a real database.</summary>
[Collection(nameof(Postgres))]
public sealed class FleetServiceTests(Postgres postgres)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly DateTimeOffset Start = new(Now.UtcTicks - (Now.UtcTicks % TimeSpan.TicksPerMinute) - TimeSpan.TicksPerMinute, TimeSpan.Zero);

    [Fact]
    public async Task What_two_pods_report_is_one_estimate()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());
        var (one, two) = (new ReportingSource("a"), new ReportingSource("b"));

        await hub.Fleet.ReportAsync(one.Next(Now).With(Support.Reports.Bucket(Start, 1, 100, 0.8)));
        await hub.Fleet.ReportAsync(two.Next(Now).With(Support.Reports.Bucket(Start, 1, 300, 1)));

        var hour = (await EstimateAsync(hub)).GetProperty("estimates").EnumerateArray().Single(e => e.GetProperty("window").GetString() == "1h");
        hour.GetProperty("predictions").GetInt64().ShouldBe(400);
        hour.GetProperty("label_free").GetProperty("state").GetString().ShouldBe("monitor_invalid");
        (await hub.GetAsync("/metrics")).ShouldContain(
            "accuracy_monitor_fleet_window_predictions{model=\"fashion\",version=\"1\",segment=\"\",window=\"1h\"} 400");
    }

    [Fact]
    public async Task An_older_state_never_replaces_a_later_one()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());
        var source = new ReportingSource();

        await hub.Fleet.ReportAsync(source.Next(Now).With(Support.Reports.Bucket(Start, 7, 200)));
        await hub.Fleet.ReportAsync(source.Next(Now).With(Support.Reports.Bucket(Start, 6, 100)));

        (await PredictionsAsync(hub)).ShouldBe(200);
    }

    [Fact]
    public async Task A_prediction_that_is_forgotten_and_requested_again_is_another_request()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var hub = await TestHub.StartAsync(database);
        var source = new ReportingSource();
        await hub.Fleet.ReportAsync(source.Next(Now).With(Support.Reports.Request("a", Start, 1), Support.Reports.Request("b", Start, 2)));
        var again = Support.Reports.Request("a", Start, 4);
        again.Score = 0.4;
        var report = source.Next(Now).With(again, Support.Reports.Request("b", Start, 5, label: 3));
        report.Forgotten.Add(new ForgottenPrediction { Model = Support.Reports.Model, Version = "1", PredictionId = "a", Change = 3 });
        report.Forgotten.Add(new ForgottenPrediction { Model = Support.Reports.Model, Version = "1", PredictionId = "b", Change = 6 });
        await hub.Fleet.ReportAsync(report);

        await using var stored = NpgsqlDataSource.Create(database);
        await using var command = stored.CreateCommand("SELECT prediction_id || ' ' || score FROM label_requests");
        (await command.ExecuteScalarAsync()).ShouldBe("a 0.4");
    }

    [Fact]
    public async Task A_report_that_was_given_up_and_comes_late_changes_nothing()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());
        var source = new ReportingSource();
        var late = source.Next(Now).With(Support.Reports.Request("a", Start, 1));
        var later = source.Next(Now).With(Support.Reports.Bucket(Start, 2, 100));
        later.Forgotten.Add(new ForgottenPrediction { Model = Support.Reports.Model, Version = "1", PredictionId = "a", Change = 3 });
        await hub.Fleet.ReportAsync(later);

        var error = await Should.ThrowAsync<RpcException>(async () => await hub.Fleet.ReportAsync(late));

        error.StatusCode.ShouldBe(StatusCode.Aborted);
        var hour = (await EstimateAsync(hub)).GetProperty("estimates").EnumerateArray().Single();
        hour.GetProperty("requested").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_database_that_was_set_back_is_noticed_and_filled_again()
    {
        var database = await postgres.CreateDatabaseAsync();
        var source = new ReportingSource();
        await using (var hub = await TestHub.StartAsync(database))
        {
            await hub.Fleet.ReportAsync(source.Next(Now).With(Support.Reports.Bucket(Start, 1, 100)));
        }

        // As an empty backup would.
        await using var fresh = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());
        var next = source.Next(Now).With(Support.Reports.Bucket(Start.AddMinutes(-1), 2, 50));
        (next.AcknowledgedEpoch, next.AcknowledgedSequence) = (1, 1);

        var error = await Should.ThrowAsync<RpcException>(async () => await fresh.Fleet.ReportAsync(next));
        error.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        await Should.ThrowAsync<RpcException>(async () => await fresh.Fleet.ReportAsync(next), "it stays noticed until the sidecar starts over");
        await fresh.Fleet.ReportAsync(source.Next(Now).With(Support.Reports.Bucket(Start, 1, 100), Support.Reports.Bucket(Start.AddMinutes(-1), 2, 50)));

        (await PredictionsAsync(fresh)).ShouldBe(150);
    }

    [Fact]
    public async Task A_bad_change_is_named_and_does_not_keep_out_its_neighbours()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());
        var impossible = Support.Reports.Bucket(Start, 1, 100);
        impossible.Score = double.NaN;
        var report = new ReportingSource().Next(Now)
            .With(impossible, Support.Reports.Bucket(Start.AddMinutes(-1), 2, 100))
            .With(Support.Reports.Request("", Start, 3), Support.Reports.Request("b", Start.AddDays(9), 4),
                Support.Reports.Request("c", Start.AddMinutes(-1), 5, label: 3));

        var response = await hub.Fleet.ReportAsync(report);

        response.RefusedCount.ShouldBe(3UL);
        response.Refused.Select(r => r.Field).ShouldBe(["series[0].buckets[0]", "requests[0].prediction_id", "requests[1].prediction_time"]);
        var hour = (await EstimateAsync(hub)).GetProperty("estimates").EnumerateArray().Single();
        hour.GetProperty("predictions").GetInt64().ShouldBe(100);
        hour.GetProperty("labels").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_head_is_refused_with_its_field()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());
        var report = new ReportingSource().Next(Now);
        report.SourceId = "pod-1";

        var error = await Should.ThrowAsync<RpcException>(async () => await hub.Fleet.ReportAsync(report));

        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error.Status.Detail.ShouldContain("source_id is 'pod-1'");
    }

    [Fact]
    public async Task A_label_that_changes_or_is_taken_back_changes_the_estimate()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());
        var source = new ReportingSource();
        ReportedRequest[] right = [.. Enumerable.Range(0, 20).Select(i => Support.Reports.Request($"p{i}", Start, (ulong)i + 2, label: 3))];
        await hub.Fleet.ReportAsync(source.Next(Now).With(Support.Reports.Bucket(Start, 1, 200)).With(right));
        (await LabelledAsync(hub)).ShouldBe((20, 1.0));

        await hub.Fleet.ReportAsync(source.Next(Now).With(Support.Reports.Request("p0", Start, 30, label: 4), Support.Reports.Request("p1", Start, 31)));

        var (labels, accuracy) = await LabelledAsync(hub);
        labels.ShouldBe(19);
        accuracy.ShouldBe(18.0 / 19, 1e-9);
    }

    [Fact]
    public async Task Health_says_that_the_database_is_there()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());
        await EstimateAsync(hub);

        (await hub.GetAsync("/readyz")).ShouldBe("ok\n");
    }

    private static async Task<JsonElement> EstimateAsync(TestHub hub)
    {
        await hub.Get<FleetEstimateWorker>().RunAsync(CancellationToken.None);
        return JsonDocument.Parse(await hub.GetAsync("/estimates")).RootElement;
    }

    private static async Task<long> PredictionsAsync(TestHub hub) =>
        (await EstimateAsync(hub)).GetProperty("estimates").EnumerateArray().Single().GetProperty("predictions").GetInt64();

    private static async Task<(long Labels, double Accuracy)> LabelledAsync(TestHub hub)
    {
        var hour = (await EstimateAsync(hub)).GetProperty("estimates").EnumerateArray().Single();
        return (hour.GetProperty("labels").GetInt64(), hour.GetProperty("labelled").GetProperty("value").GetDouble());
    }
}
