using AccuracyMonitor.Hub.Tests.Support;
using AccuracyMonitor.V1;
using Grpc.Core;
using Npgsql;

namespace AccuracyMonitor.Hub.Tests.Store;

/// <summary>Random reports of several sources, repeated, late and at once, through two replicas, one of them behind PgBouncer: the database ends as the
/// model says.</summary>
[Collection(nameof(Postgres))]
public sealed class ReportModelTests(Postgres postgres)
{
    private const int Sources = 4;
    private const int Rounds = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_latest_state_of_everything_is_stored(int seed)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var one = await TestHub.StartAsync(database);
        await using var pooler = await PgBouncer.StartAsync(database);
        await using var two = await TestHub.StartAsync(pooler.Connection);
        var expected = await Task.WhenAll(Enumerable.Range(0, Sources).Select(s => RunAsync(new Random((seed * 100) + s), one, two)));

        var stored = await StoredAsync(database);

        stored.Buckets.ShouldBe(Merge(expected.Select(e => e.Buckets)));
        stored.Requests.ShouldBe(Merge(expected.Select(e => e.Requests)));
    }

    private static SortedDictionary<string, string> Merge(IEnumerable<IReadOnlyDictionary<string, string>> all) =>
        new(all.SelectMany(d => d).ToDictionary(p => p.Key, p => p.Value), StringComparer.Ordinal);

    /// <summary>One source: each report goes to either replica, and some are sent again later.</summary>
    private static async Task<Stored> RunAsync(Random random, TestHub one, TestHub two)
    {
        var now = DateTimeOffset.UtcNow;
        var start = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        var source = new ReportingSource();
        var expected = Stored.Nothing;
        List<ReportRequest> sent = [];
        ulong change = 0;
        for (var round = 0; round < Rounds; round++)
        {
            if (random.Next(15) == 0)
            {
                source.Restarted();
            }

            var report = source.Next(now);
            for (var i = 0; i < random.Next(6); i++)
            {
                var (minute, count) = (random.Next(4), random.Next(1, 100));
                report.With(Support.Reports.Bucket(start.AddMinutes(minute), ++change, count));
                expected.Buckets[$"{source.Id} {start.AddMinutes(minute).UtcTicks}"] = $"{count}";
            }

            for (var i = 0; i < random.Next(6); i++)
            {
                var (id, label) = ($"p{random.Next(8)}", random.Next(3) is > 0 and var given ? (uint?)given : null);
                report.With(Support.Reports.Request(id, start, ++change, label));
                expected.Requests[$"{source.Id} {id}"] = $"{label}";
            }

            if (random.Next(4) == 0)
            {
                // Known, unknown, or changed in this report before it was forgotten.
                var id = $"p{random.Next(10)}";
                report.Forgotten.Add(new ForgottenPrediction { Model = Support.Reports.Model, Version = "1", PredictionId = id, Change = ++change });
                expected.Requests.Remove($"{source.Id} {id}");
            }

            if (random.Next(2) == 0)
            {
                var id = $"p{random.Next(10)}";
                report.With(Support.Reports.Request(id, start, ++change));
                expected.Requests[$"{source.Id} {id}"] = "";
            }

            await SendAsync(random, one, two, report);
            sent.Add(report);
            if (random.Next(3) == 0)
            {
                // A call that was given up arrives now.
                await SendAsync(random, one, two, sent[random.Next(sent.Count)]);
            }
        }

        return expected;
    }

    private static async Task SendAsync(Random random, TestHub one, TestHub two, ReportRequest report)
    {
        try
        {
            (await (random.Next(2) == 0 ? one : two).Fleet.ReportAsync(report)).RefusedCount.ShouldBe(0UL);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Aborted)
        {
            // It is older than the last one.
        }
    }

    private static async Task<Stored> StoredAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var stored = Stored.Nothing;
        await using (var buckets = source.CreateCommand("SELECT s.source_id, b.start, b.predictions FROM bucket_sums b JOIN sources s ON s.id = b.source"))
        await using (var reader = await buckets.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                stored.Buckets[$"{reader.GetGuid(0)} {reader.GetInt64(1)}"] = $"{reader.GetInt64(2)}";
            }
        }

        const string Labels = "SELECT s.source_id, r.prediction_id, r.label FROM label_requests r JOIN sources s ON s.id = r.source";
        await using (var requests = source.CreateCommand(Labels))
        await using (var reader = await requests.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                stored.Requests[$"{reader.GetGuid(0)} {reader.GetString(1)}"] = reader.IsDBNull(2) ? "" : $"{reader.GetInt32(2)}";
            }
        }

        return stored;
    }

    private sealed record Stored(SortedDictionary<string, string> Buckets, SortedDictionary<string, string> Requests)
    {
        public static Stored Nothing => new(new(StringComparer.Ordinal), new(StringComparer.Ordinal));
    }
}
