using System.Globalization;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>A partition for each day (UTC) of the sums and of the label requests, made when its first row comes and dropped when it is too old.</summary>
internal sealed class Partitions(Database database)
{
    // "AMHP"
    private const long Key = 0x414D4850;
    private const string Buckets = "bucket_sums";
    private const string Requests = "label_requests";
    private const int MaxKnown = 20_000;

    private readonly Lock _gate = new();
    private readonly HashSet<(string Table, long Day)> _known = [];

    public async Task EnsureAsync(IEnumerable<DateTimeOffset> buckets, IEnumerable<DateTimeOffset> requests, CancellationToken cancel)
    {
        (string, long)[] missing;
        lock (_gate)
        {
            missing = [.. buckets.Select(static t => (Buckets, Day(t))).Concat(requests.Select(static t => (Requests, Day(t)))).Distinct().Except(_known)];
        }

        if (missing.Length == 0)
        {
            return;
        }

        await database.RunAsync(c => MakeAsync(c, missing, cancel), cancel);
        lock (_gate)
        {
            if (_known.Count + missing.Length > MaxKnown)
            {
                _known.Clear();
            }

            _known.UnionWith(missing);
        }
    }

    /// <summary>Looks again, the next time, which partitions there are.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _known.Clear();
        }
    }

    /// <summary>Drops the days that ended before <paramref name="before"/>.</summary>
    /// <returns>The tables that were dropped.</returns>
    public async Task<IReadOnlyList<string>> DropAsync(DateTimeOffset before, CancellationToken cancel)
    {
        var dropped = await database.RunAsync(c => DropAsync(c, Day(before), cancel), cancel);
        if (dropped.Count > 0)
        {
            Forget();
        }

        return dropped;
    }

    private static long Day(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerDay;

    private static string NameOf(string table, long day) =>
        string.Create(CultureInfo.InvariantCulture, $"{table}_{new DateTime(day * TimeSpan.TicksPerDay, DateTimeKind.Utc):yyyyMMdd}");

    /// <summary>Held until the end of the transaction: two that make or drop partitions would wait for each other's tables.</summary>
    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { Sql.Value(Key) } };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<bool> MakeAsync(NpgsqlConnection connection, IEnumerable<(string Table, long Day)> days, CancellationToken cancel)
    {
        await LockAsync(connection, cancel);
        foreach (var (table, day) in days.Order())
        {
            await using (var find = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { Sql.Value(NameOf(table, day)) } })
            {
                if ((bool)(await find.ExecuteScalarAsync(cancel))!)
                {
                    continue;
                }
            }

            // The table is created and then attached, because creating it as a partition would block reports and estimates. Names and
            // numbers are ours, since DDL takes no parameters.
            var (from, until) = (day * TimeSpan.TicksPerDay, (day + 1) * TimeSpan.TicksPerDay);
#pragma warning disable CA2100
            await using var command = new NpgsqlCommand(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    CREATE TABLE {NameOf(table, day)} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
                    ALTER TABLE {table} ATTACH PARTITION {NameOf(table, day)} FOR VALUES FROM ({from}) TO ({until})
                    """),
                connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancel);
        }

        return true;
    }

    private static async Task<IReadOnlyList<string>> DropAsync(NpgsqlConnection connection, long before, CancellationToken cancel)
    {
        await LockAsync(connection, cancel);

        // Dropping waits until nobody uses the table, and all other statements wait behind it. After two seconds it is given up and tried again in an hour.
        await using (var patience = new NpgsqlCommand("SET LOCAL lock_timeout = '2s'", connection))
        {
            await patience.ExecuteNonQueryAsync(cancel);
        }

        List<string> old = [];
        await using (var command = new NpgsqlCommand(
            """
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent IN ('bucket_sums'::regclass, 'label_requests'::regclass)
            """,
            connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var name = reader.GetString(0);
                if (DayOf(name) is { } day && day < before)
                {
                    old.Add(name);
                }
            }
        }

        foreach (var name in old)
        {
#pragma warning disable CA2100 // A name that the pattern of ours matches.
            await using var command = new NpgsqlCommand($"DROP TABLE {name}", connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancel);
        }

        return old;
    }

    private static long? DayOf(string name) =>
        name.LastIndexOf('_') is var at and > 0 && name[..at] is Buckets or Requests
        && DateOnly.TryParseExact(name[(at + 1)..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.ToDateTime(TimeOnly.MinValue).Ticks / TimeSpan.TicksPerDay
            : null;
}
