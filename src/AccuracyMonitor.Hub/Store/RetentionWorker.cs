using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>Drops days that are older than the retention by the database's clock and by this replica's: one clock that is ahead drops nothing.</summary>
internal sealed class RetentionWorker(
    Partitions partitions, Database database, IOptions<DatabaseOptions> settings, TimeProvider time, ILogger<RetentionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public WorkProgress Progress { get; } = new();

    public async Task RunAsync(CancellationToken cancel)
    {
        Progress.Begin();
        string? error = "days were not dropped";
        try
        {
            var now = await database.RunAsync(c => NowAsync(c, cancel), cancel);
            var own = time.GetUtcNow();
            var before = (now < own ? now : own) - settings.Value.Retention;
            var dropped = await partitions.DropAsync(before, cancel);
            if (dropped.Count > 0)
            {
                HubLog.Dropped(logger, before, string.Join(", ", dropped));
            }

            await database.RunAsync(c => Leftovers.DeleteAsync(c, before, cancel), cancel);
            error = null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            error = e.Message;
            HubLog.WorkFailed(logger, "Dropping old days", e.Message, exception: null);
        }
        finally
        {
            Progress.End(error);
        }
    }

    private static async Task<DateTimeOffset> NowAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT now()", connection);
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel))!);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await RunAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
