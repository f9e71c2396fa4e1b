using AccuracyMonitor.Hub.Fleet;
using Npgsql;
using NpgsqlTypes;

namespace AccuracyMonitor.Hub.Store;

internal enum ReportOutcome
{
    Stored = 1,

    /// <summary>A later report of the source is stored already; nothing was changed.</summary>
    Superseded = 2,

    /// <summary>The source belongs to another caller; nothing was changed.</summary>
    NotOwner = 3,

    /// <summary>A report that was acknowledged is not stored: the database was set back. Nothing was changed.</summary>
    Lost = 4,
}

/// <param name="Outcome">Whether the report is stored.</param>
/// <param name="Refused">Field and reason of each change that cannot be stored.</param>
internal sealed record StoredReport(ReportOutcome Outcome, IReadOnlyList<(string Field, string Reason)> Refused);

/// <summary>Stores reports, each in one transaction that can be repeated.</summary>
internal sealed class ReportStore(Database database, Partitions partitions)
{
    /// <summary>Stores a report unless a later one of its source is stored. Once this returns, it is durable.</summary>
    /// <exception cref="NpgsqlException">The database is away or refused. Nothing of the report, or all of it, is stored.</exception>
    public async Task<StoredReport> ApplyAsync(SourceReport report, CancellationToken cancel)
    {
        try
        {
            return await TryAsync(report, cancel);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.ForeignKeyViolation)
        {
            // A partition that was known is gone, since a backup was restored; or a series, which nobody had reported for long, was deleted just now.
            partitions.Forget();
            return await TryAsync(report, cancel);
        }
    }

    private async Task<StoredReport> TryAsync(SourceReport report, CancellationToken cancel)
    {
        await partitions.EnsureAsync(
            report.Buckets.Select(static b => b.Place.Start), report.Requests.Select(static r => r.PredictionTime), cancel);
        return await database.RunAsync(c => StoreAsync(c, report, cancel), cancel);
    }

    private static async Task<StoredReport> StoreAsync(NpgsqlConnection connection, SourceReport report, CancellationToken cancel)
    {
        var (source, outcome) = await LockAsync(connection, report, cancel);
        if (outcome != ReportOutcome.Stored)
        {
            return new StoredReport(outcome, []);
        }

        var names = await SeriesNames.ResolveAsync(connection, report, cancel);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in (NpgsqlBatchCommand?[])
        [
            BucketWrites.Upsert(source, report.Buckets, names),

            // In this order: a prediction that was forgotten and requested again is another request.
            RequestWrites.Forget(source, report.Forgotten, names),
            RequestWrites.Upsert(source, report.Requests, names),
            ModelWrites.Upsert(source, report.Models, names),
            .. names.Touch(),
        ])
        {
            if (command is not null)
            {
                batch.BatchCommands.Add(command);
            }
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }

        return new StoredReport(outcome, names.Refused);
    }

    /// <summary>Makes or locks the row of the source, so that its reports are stored one after another, and numbers it with the report.</summary>
    private static async Task<(int Source, ReportOutcome Outcome)> LockAsync(
        NpgsqlConnection connection, SourceReport report, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    // Not by the conflict alone: each would use up a number.
                    """
                    INSERT INTO sources (source_id, owner, instance) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM sources WHERE source_id = $1)
                        ON CONFLICT DO NOTHING
                    """)
                {
                    Parameters = { Sql.Value(report.Sender.Source), Sql.Value(report.Sender.Owner), Sql.Value(report.Sender.Instance) },
                },
                new NpgsqlBatchCommand("SELECT id, owner, epoch, sequence FROM sources WHERE source_id = $1 FOR UPDATE")
                {
                    Parameters = { Sql.Value(report.Sender.Source) },
                },
                new NpgsqlBatchCommand(
                    """
                    UPDATE sources SET instance = $2, last_seen = now(), epoch = $3, sequence = $4, backlog_changes = $5, backlog_seconds = $6,
                        skew_seconds = $7
                        WHERE source_id = $1 AND owner = $8 AND (epoch, sequence) <= ($3, $4) AND (epoch, sequence) >= ($9, $10)
                    """)
                {
                    Parameters =
                    {
                        Sql.Value(report.Sender.Source), Sql.Value(report.Sender.Instance), Sql.Value(report.Number.Epoch),
                        Sql.Value(report.Number.Sequence), Sql.Value(report.BacklogChanges), Sql.Value(report.BacklogAge.TotalSeconds),
                        Sql.Value(report.Skew.TotalSeconds), Sql.Value(report.Sender.Owner), Sql.Value(report.Acknowledged.Epoch),
                        Sql.Value(report.Acknowledged.Sequence),
                    },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var last = new ReportNumber(reader.GetInt64(2), reader.GetInt64(3));
        var outcome = !string.Equals(reader.GetString(1), report.Sender.Owner, StringComparison.Ordinal) ? ReportOutcome.NotOwner
            : last.IsBefore(report.Acknowledged) ? ReportOutcome.Lost
            : report.Number.IsBefore(last) ? ReportOutcome.Superseded
            : ReportOutcome.Stored;
        return (reader.GetInt32(0), outcome);
    }
}
