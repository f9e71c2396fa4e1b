using System.Diagnostics;
using AccuracyMonitor.Hub.Store;
using AccuracyMonitor.Hub.Tests.Support;

namespace AccuracyMonitor.Hub.Tests.Composition;

/// <summary>The hub as a process.</summary>
[Collection(nameof(Postgres))]
public sealed class HubStartTests(Postgres postgres)
{
    [Fact]
    public async Task Settings_that_cannot_be_used_are_all_named()
    {
        var (status, errors) = await RunAsync("--Database:MaxConnections=1", "--Estimation:Windows:0=0s", "--Database:Connection=Nonsense=1", "--Junk:X=1");

        status.ShouldBe(64);
        errors.ShouldContain("Junk is no section; the sections are");
        (status, errors) = await RunAsync("--Database:MaxConnections=1", "--Estimation:Windows:0=100d", "--Database:Connection=Nonsense=1");
        status.ShouldBe(64);
        errors.ShouldContain("Database:MaxConnections is '1'");
        errors.ShouldContain("Estimation:Windows has 100.00:00:00");
        errors.ShouldContain("Database:Connection is not a connection string");
    }

    [Fact]
    public async Task A_database_that_is_away_is_a_reason_and_not_a_stack()
    {
        var (status, errors) = await RunAsync("--Database:Connection=Host=127.0.0.1;Port=1;Database=x", "--Listen:GrpcPort=0", "--Listen:HttpPort=0");

        status.ShouldBe(1);
        errors.ShouldStartWith("Cannot start: Failed to connect to 127.0.0.1:1");
        errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Replicas_that_start_together_make_the_tables_once()
    {
        var database = await postgres.CreateDatabaseAsync();

        var hubs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TestHub.StartAsync(database)));

        foreach (var hub in hubs)
        {
            (await hub.Get<FleetReader>().BacklogAsync(TimeSpan.FromMinutes(1), CancellationToken.None)).Sources.ShouldBe(0);
            await hub.DisposeAsync();
        }
    }

    [Fact]
    public async Task Days_beyond_the_retention_are_dropped_and_those_within_stay()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync(), "--Database:Retention=10d");
        var now = DateTimeOffset.UtcNow;
        var partitions = hub.Get<Partitions>();
        await partitions.EnsureAsync([now.AddDays(-13), now.AddDays(-9), now], [now.AddDays(-12)], CancellationToken.None);

        var dropped = await partitions.DropAsync(now.AddDays(-10), CancellationToken.None);

        dropped.Order(StringComparer.Ordinal).ShouldBe([$"bucket_sums_{now.AddDays(-13):yyyyMMdd}", $"label_requests_{now.AddDays(-12):yyyyMMdd}"]);
        (await partitions.DropAsync(now.AddDays(-10), CancellationToken.None)).ShouldBeEmpty();
    }

    private static async Task<(int Status, string Errors)> RunAsync(params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "AccuracyMonitor.Hub.dll"), .. settings])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var (errors, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        await output;
        return (process.ExitCode, await errors);
    }
}
