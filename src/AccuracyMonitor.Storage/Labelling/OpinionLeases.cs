using System.Security.Cryptography;
using AccuracyMonitor.Storage.Inputs;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL of leases of opinions. The request keeps its label and its state meanwhile.</summary>
internal static class OpinionLeases
{
    /// <summary>Hands out wanted opinions, oldest request first, to an annotator who has said nothing about the request. None to one without a name.</summary>
    public static IReadOnlyList<LeasedRequest> Lease(SqliteConnection connection, LeaseQuery query, DateTimeOffset now)
    {
        if (query.Annotator.Length == 0)
        {
            return [];
        }

        var rows = connection.Query<WantedRow>(
            $"""
            SELECT {RequestRow.ColumnsWithVector}, d.wanted AS Wanted
            FROM doubled_requests d CROSS JOIN label_requests r ON r.id = d.request_id JOIN request_vectors v ON v.request_id = r.id
            WHERE d.wanted <> 0 AND d.wanted_until > @now AND (d.lease_id IS NULL OR d.lease_expires <= @now)
                AND {SqlFilter.OnModel(query.Model, query.Version)}
                AND NOT EXISTS (SELECT 1 FROM labels WHERE request_id = r.id AND annotator = @Annotator)
                AND NOT EXISTS (SELECT 1 FROM opinions WHERE request_id = r.id AND annotator = @Annotator)
            ORDER BY d.request_id LIMIT @MaxItems
            """,
            new { model = query.Model, version = query.Version, now = StoredTime.Write(now), query.Annotator, query.MaxItems });
        return [.. rows.AsList().Select(row => Grant(connection, row, query, now))];
    }

    public static ItemResult Extend(SqliteConnection connection, OpinionLease lease, TimeSpan duration, DateTimeOffset now) =>
        WithRunning(lease, now, () => connection.Execute(
            "UPDATE doubled_requests SET lease_expires = @ends WHERE request_id = @Id",
            new { lease.Request.Id, ends = StoredTime.Write(now + duration) }));

    public static ItemResult Release(SqliteConnection connection, OpinionLease lease, DateTimeOffset now) =>
        WithRunning(lease, now, () => connection.Execute(
            "UPDATE doubled_requests SET lease_id = NULL, lease_expires = NULL WHERE request_id = @Id", new { lease.Request.Id }));

    /// <summary>The annotator can give no opinion; nobody else is asked for it.</summary>
    public static ItemResult Skip(SqliteConnection connection, OpinionLease lease, DateTimeOffset now) =>
        WithRunning(lease, now, () => Opinions.Append(
            connection, lease.Request.Id, new Opinion(lease.Number, null, lease.Annotator, now, AnswerConditions.Unknown)));

    private static LeasedRequest Grant(SqliteConnection connection, WantedRow row, LeaseQuery query, DateTimeOffset now)
    {
        var leaseId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var ends = now + query.Duration;
        var attempt = connection.QuerySingle<long>(
            "SELECT COALESCE(MAX(attempt), 0) + 1 FROM opinion_leases WHERE request_id = @Id", new { row.Id });
        connection.Execute(
            """
            DELETE FROM opinion_leases WHERE request_id = @Id AND attempt <= @forgotten;
            INSERT INTO opinion_leases (lease_id, request_id, number, attempt, annotator, revealed)
                VALUES (@leaseId, @Id, @Wanted, @attempt, @Annotator, @Reveals);
            UPDATE doubled_requests SET lease_id = @leaseId, lease_expires = @ends WHERE request_id = @Id
            """,
            new
            {
                leaseId,
                row.Id,
                row.Wanted,
                attempt,
                forgotten = attempt - LabellingLimits.MaxLeases,
                query.Annotator,
                query.Reveals,
                ends = StoredTime.Write(ends),
            });
        return new LeasedRequest(row.Request(), leaseId, (int)attempt, ends)
        {
            Input = InputRows.Summary(connection, row.Id),
            Opinion = (int)row.Wanted,
        };
    }

    private static ItemResult WithRunning(OpinionLease lease, DateTimeOffset now, Action change)
    {
        var running = lease.Runs && lease.Ends > now;
        if (running)
        {
            change();
        }

        return new ItemResult
        {
            Outcome = running ? LabelOutcome.Ok : LabelOutcome.LeaseLost,
            Request = lease.Request.Summary(),
            PreviousState = lease.Request.RequestState,
            Reason = running ? "" : $"the lease of an opinion about prediction '{lease.Request.PredictionId}' has ended",
        };
    }

    private sealed class WantedRow : RequestRow
    {
        public long Wanted { get; set; }
    }
}
