using AccuracyMonitor.Hub.Tests.Support;
using Grpc.Core;
using Npgsql;

namespace AccuracyMonitor.Hub.Tests.Store;

/// <summary>PostgreSQL is killed at random while sidecars report: what was acknowledged is stored, once.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Writers = 4;

    /// <summary>Kills of the database; more by ACCURACY_MONITOR_HUB_KILLS.</summary>
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_HUB_KILLS"), out var kills) ? kills : 3;

    [Fact]
    public async Task What_was_acknowledged_survives_the_death_of_the_database()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await using var hub = await TestHub.StartAsync(database, "--Logging:LogLevel:Default=None");
        using var enough = new CancellationTokenSource();
        var acknowledged = 0;
        Action count = () => Interlocked.Increment(ref acknowledged);
        var reporting = Enumerable.Range(0, Writers).Select(w => Task.Run(() => ReportAsync(hub, w, count, enough.Token))).ToArray();
        var random = new Random(3);
        for (var kill = 0; kill < Kills; kill++)
        {
            var next = Volatile.Read(ref acknowledged) + random.Next(5, 60);
            await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref acknowledged) >= next), "reports are acknowledged");
            await server.KillAsync();
            await server.LaunchAsync();
        }

        await enough.CancelAsync();
        var ledgers = await Task.WhenAll(reporting);

        await using var source = NpgsqlDataSource.Create(database);
        var lost = 0;
        foreach (var ledger in ledgers)
        {
            await using var command = source.CreateCommand(
                """
                SELECT r.prediction_id, count(*) FROM label_requests r JOIN sources s ON s.id = r.source WHERE s.source_id = $1 GROUP BY r.prediction_id
                """);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ledger.Source });
            Dictionary<string, long> stored = [];
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                stored[reader.GetString(0)] = reader.GetInt64(1);
            }

            lost += ledger.Acknowledged.Count(id => !stored.ContainsKey(id));
            stored.Values.ShouldAllBe(n => n == 1);
        }

        var (acknowledgedInAll, failures) = (ledgers.Sum(l => l.Acknowledged.Count), ledgers.Sum(l => l.Failures));
        output.WriteLine($"{Kills} kills of PostgreSQL, {acknowledgedInAll} acknowledged requests, {failures} failed reports, {lost} lost, 0 doubled");
        acknowledgedInAll.ShouldBeGreaterThan(0);
        lost.ShouldBe(0);
    }

    /// <summary>Reports one request after another, each until it is acknowledged.</summary>
    private static async Task<Ledger> ReportAsync(TestHub hub, int writer, Action acknowledged, CancellationToken enough)
    {
        var source = new ReportingSource($"pod-{writer}");
        var ledger = new Ledger(source.Id);
        for (ulong n = 1; !enough.IsCancellationRequested; n++)
        {
            var request = Support.Reports.Request($"{writer}-{n}", DateTimeOffset.UtcNow, n, label: 3);
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    var report = source.Next(DateTimeOffset.UtcNow).With(request);
                    var response = await hub.Fleet.ReportAsync(report, deadline: DateTime.UtcNow.AddSeconds(20), cancellationToken: CancellationToken.None);
                    response.RefusedCount.ShouldBe(0UL);
                    ledger.Acknowledged.Add(request.PredictionId);
                    acknowledged();
                    break;
                }
                catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
                {
                    ledger.Failures++;
                }
            }
        }

        return ledger;
    }

    private sealed class Ledger(Guid source)
    {
        public Guid Source => source;

        public List<string> Acknowledged { get; } = [];

        public int Failures { get; set; }
    }
}
