using System.Security.Cryptography;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Naming;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL of leases: a request belongs to at most one running lease; leases that ran out leave their id behind.</summary>
internal static class Leases
{
    public static IReadOnlyList<LeasedRequest> Lease(SqliteConnection connection, LeaseQuery query, DateTimeOffset now)
    {
        RequestQueue.ReturnEndedLeases(connection, now);
        // Opinions first: they are few, and of older requests.
        var opinions = OpinionLeases.Lease(connection, query, now);
        // A request past its end is not handed out even before it is marked expired. The ids first: where they must be sorted, their vectors
        // (up to 40 KB each) must not be.
        var rows = connection.Query<RequestRow>(
            $"""
            SELECT {RequestRow.ColumnsWithVector} FROM label_requests r JOIN request_vectors v ON v.request_id = r.id
            WHERE r.id IN (
                SELECT id FROM label_requests
                WHERE state = {(int)RequestState.Waiting} AND {SqlFilter.OnModel(query.Model, query.Version)} AND expires_at > @now
                ORDER BY id LIMIT @limit)
            ORDER BY r.id
            """,
            new { model = query.Model, version = query.Version, now = StoredTime.Write(now), limit = query.MaxItems - opinions.Count });
        return [.. opinions, .. rows.AsList().Select(row => Grant(connection, row, query, now))];
    }

    public static ItemResult Extend(SqliteConnection connection, string leaseId, TimeSpan duration, DateTimeOffset now) =>
        OpinionLease.Find(connection, leaseId) is { } opinion
            ? OpinionLeases.Extend(connection, opinion, duration, now)
            : WithRunning(connection, leaseId, now, row => connection.Execute(
                "UPDATE label_requests SET lease_expires = @ends WHERE id = @Id", new { row.Id, ends = StoredTime.Write(now + duration) }));

    public static ItemResult Release(SqliteConnection connection, string leaseId, DateTimeOffset now) =>
        OpinionLease.Find(connection, leaseId) is { } opinion
            ? OpinionLeases.Release(connection, opinion, now)
            : WithRunning(connection, leaseId, now, row => End(connection, row, RequestState.Waiting, reason: null));

    public static ItemResult[] Skip(SqliteConnection connection, string[] leaseIds, string reason, Origin origin)
    {
        var results = Array.ConvertAll(leaseIds, id => Skip(connection, id, reason, origin.At));
        LabelAudit.Skipped(connection, results, origin);
        return results;
    }

    public static ItemResult[] Skip(SqliteConnection connection, (ModelKey Key, string PredictionId)[] predictions, string reason, Origin origin)
    {
        var results = Array.ConvertAll(
            predictions, p => Skip(connection, p.Key, PredictionNames.Find(connection, p.Key, p.PredictionId, origin.By.Subject), reason));
        LabelAudit.Skipped(connection, results, origin);
        return results;
    }

    private static ItemResult Skip(SqliteConnection connection, ModelKey key, NamedPrediction named, string reason)
    {
        if ((LabellingLimits.TooLong("reason", reason, LabellingLimits.MaxReason) ?? named.Problem) is { Length: > 0 } problem)
        {
            return new ItemResult { Outcome = LabelOutcome.Invalid, Reason = problem };
        }

        if (RequestReads.Find(connection, key, named.Id) is not { } row)
        {
            return new ItemResult { Outcome = LabelOutcome.NotFound, Reason = Labels.Unknown(key, named.Id) };
        }

        switch (row.RequestState)
        {
            case RequestState.Answered:
                return Answered(row);
            case RequestState.Skipped:
                return Result(LabelOutcome.Unchanged, row, row.RequestState, "");
            default:
                End(connection, row, RequestState.Skipped, reason);
                return Result(LabelOutcome.Ok, RequestReads.ById(connection, row.Id), row.RequestState, "");
        }
    }

    private static ItemResult Skip(SqliteConnection connection, string leaseId, string reason, DateTimeOffset now)
    {
        if (LabellingLimits.TooLong("reason", reason, LabellingLimits.MaxReason) is { } problem)
        {
            return new ItemResult { Outcome = LabelOutcome.Invalid, Reason = problem };
        }

        if (OpinionLease.Find(connection, leaseId) is { } opinion)
        {
            return OpinionLeases.Skip(connection, opinion, now);
        }

        var result = WithRunning(connection, leaseId, now, row => End(connection, row, RequestState.Skipped, reason));
        // Said twice (a client that tries again), or said without the lease meanwhile: no error.
        return result is { Outcome: LabelOutcome.LeaseLost, PreviousState: RequestState.Skipped } && IsLast(connection, leaseId)
            ? result with { Outcome = LabelOutcome.Unchanged, Reason = "" }
            : result;
    }

    /// <summary>The request that a lease was given for, whether the lease still runs or not.</summary>
    public static RequestRow? Find(SqliteConnection connection, string leaseId) => connection.QuerySingleOrDefault<RequestRow>(
        $"SELECT {RequestRow.Columns} FROM label_requests r JOIN leases l ON l.request_id = r.id WHERE l.lease_id = @leaseId", new { leaseId });

    /// <summary>Whether a lease of the label or of an opinion said that the model's answer would be shown to an annotator.</summary>
    /// <param name="leaseId">By which he answers; null: by none.</param>
    public static bool Revealed(SqliteConnection connection, long requestId, string annotator, string? leaseId) => connection.QuerySingle<bool>(
        """
        SELECT EXISTS (SELECT 1 FROM leases WHERE request_id = @requestId AND revealed = 1 AND (annotator = @annotator OR lease_id = @leaseId))
            OR EXISTS (SELECT 1 FROM opinion_leases WHERE request_id = @requestId AND revealed = 1 AND (annotator = @annotator OR lease_id = @leaseId))
        """,
        new { requestId, annotator, leaseId });

    private static bool IsLast(SqliteConnection connection, string leaseId) => connection.QuerySingle<bool>(
        "SELECT l.attempt = r.attempts FROM leases l JOIN label_requests r ON r.id = l.request_id WHERE l.lease_id = @leaseId", new { leaseId });

    private static LeasedRequest Grant(SqliteConnection connection, RequestRow row, LeaseQuery query, DateTimeOffset now)
    {
        // Not the coin of the sampling: a lease id is a key that nobody should guess, and no result depends on it.
        var leaseId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var ends = now + query.Duration;
        connection.Execute(
            """
            DELETE FROM leases WHERE request_id = @Id AND attempt <= @forgotten;
            INSERT INTO leases (lease_id, request_id, attempt, annotator, leased_at, revealed)
                VALUES (@leaseId, @Id, @attempt, @Annotator, @now, @Reveals);
            UPDATE label_requests SET state = @leased, attempts = @attempt, lease_id = @leaseId, lease_expires = @ends WHERE id = @Id
            """,
            new
            {
                leaseId,
                row.Id,
                attempt = row.Attempts + 1,
                forgotten = row.Attempts + 1 - LabellingLimits.MaxLeases,
                query.Annotator,
                query.Reveals,
                now = StoredTime.Write(now),
                leased = (int)RequestState.Leased,
                ends = StoredTime.Write(ends),
            });
        return new LeasedRequest(row.Request(), leaseId, (int)row.Attempts + 1, ends) { Input = InputRows.Summary(connection, row.Id) };
    }

    private static ItemResult WithRunning(SqliteConnection connection, string leaseId, DateTimeOffset now, Action<RequestRow> change)
    {
        if (Find(connection, leaseId) is not { } row)
        {
            return new ItemResult { Outcome = LabelOutcome.NotFound, Reason = $"lease_id '{leaseId}' was never given, or is forgotten" };
        }

        var previous = row.RequestState;
        if (previous == RequestState.Answered)
        {
            return Answered(row);
        }

        if (!string.Equals(row.LeaseId, leaseId, StringComparison.Ordinal) || row.LeaseExpires <= StoredTime.Write(now))
        {
            return Result(LabelOutcome.LeaseLost, row, previous, $"lease_id '{leaseId}' has ended");
        }

        change(row);
        return Result(LabelOutcome.Ok, RequestReads.ById(connection, row.Id), previous, "");
    }

    private static ItemResult Answered(RequestRow row) =>
        Result(LabelOutcome.AlreadyAnswered, row, row.RequestState, $"prediction '{row.PredictionId}' is answered");

    private static void End(SqliteConnection connection, RequestRow row, RequestState state, string? reason) => connection.Execute(
        "UPDATE label_requests SET state = @state, lease_id = NULL, lease_expires = NULL, skip_reason = @reason WHERE id = @Id",
        new { row.Id, state = (int)state, reason });

    private static ItemResult Result(LabelOutcome outcome, RequestRow row, RequestState previous, string reason) =>
        new() { Outcome = outcome, Request = row.Summary(), PreviousState = previous, Reason = reason };
}
