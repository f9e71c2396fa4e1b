using AccuracyMonitor.Hub.Store;
using AccuracyMonitor.Hub.Tests.Support;
using Npgsql;

namespace AccuracyMonitor.Hub.Tests.Store;

[Collection(nameof(Postgres))]
public sealed class RetentionTests(Postgres postgres)
{
    [Fact]
    public async Task What_nobody_has_reported_for_long_is_deleted_with_its_days()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var hub = await TestHub.StartAsync(database, "--Database:Retention=10d");
        var (old, living) = (new ReportingSource("old"), new ReportingSource("living"));
        var now = DateTimeOffset.UtcNow;
        var report = old.Next(now).With(Support.Reports.Request("a", now.AddDays(-9), 2, label: 1));
        report.Series.Add(new V1.SeriesSums { Model = "gone", Version = "1", Buckets = { Support.Reports.Bucket(now.AddDays(-9), 1, 10) } });
        report.Models.Add(new V1.ReportedModel { Model = "gone", Version = "1", ClassCount = 10, MonitorVersion = "m", Change = 3 });
        (await hub.Fleet.ReportAsync(report)).RefusedCount.ShouldBe(0UL);
        (await hub.Fleet.ReportAsync(living.Next(now).With(Support.Reports.Bucket(now, 1, 10)))).RefusedCount.ShouldBe(0UL);
        await using var source = NpgsqlDataSource.Create(database);
        foreach (var sql in (string[])
        [
            "UPDATE sources SET last_seen = now() - interval '30 days' WHERE instance = 'old'",
            "UPDATE model_versions SET last_seen = now() - interval '30 days' WHERE model = 'gone'",
            "UPDATE series SET last_seen = now() - interval '30 days' WHERE model_version = (SELECT id FROM model_versions WHERE model = 'gone')",
        ])
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        await hub.Get<RetentionWorker>().RunAsync(CancellationToken.None);
        (await CountAsync(source, "sources")).ShouldBe(2, "its days are still kept");
        await hub.Get<Partitions>().DropAsync(now.AddDays(-5), CancellationToken.None);
        await hub.Get<RetentionWorker>().RunAsync(CancellationToken.None);

        (await CountAsync(source, "sources")).ShouldBe(1);
        (await CountAsync(source, "series")).ShouldBe(1);
        (await CountAsync(source, "model_versions")).ShouldBe(1);
        (await CountAsync(source, "bucket_sums")).ShouldBe(1);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source, string table)
    {
#pragma warning disable CA2100 // A name of ours.
        await using var command = source.CreateCommand($"SELECT count(*) FROM {table}");
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
