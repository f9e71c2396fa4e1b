using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Callers;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL that puts requests into the queue, lets them run out, and counts them.</summary>
internal static class RequestQueue
{
    public static RequestOutcome[] Add(SqliteConnection connection, IReadOnlyList<LabelRequest> requests)
    {
        var outcomes = new RequestOutcome[requests.Count];
        for (var i = 0; i < requests.Count; i++)
        {
            outcomes[i] = Add(connection, requests[i]) ? RequestOutcome.Created : RequestOutcome.Existing;
        }

        return outcomes;
    }

    /// <summary>Requests past their end become expired, ended leases go back to the queue. A lease that still runs is let finish.</summary>
    /// <returns>At most <paramref name="limit"/> requests that expired, earliest end first.</returns>
    public static IReadOnlyList<RequestSummary> Expire(SqliteConnection connection, DateTimeOffset now, int limit)
    {
        ReturnEndedLeases(connection, now);
        Opinions.Expire(connection, now);
        var rows = connection.Query<RequestRow>(
            $"""
            SELECT {RequestRow.Columns} FROM label_requests r
            WHERE state = {(int)RequestState.Waiting} AND expires_at <= @now ORDER BY expires_at, id LIMIT @limit
            """,
            new { now = StoredTime.Write(now), limit }).AsList();
        foreach (var row in rows)
        {
            row.State = (int)RequestState.Expired;
        }

        connection.Execute("UPDATE label_requests SET state = @State WHERE id = @Id", rows);
        return [.. rows.Select(r => r.Summary())];
    }

    /// <summary>Requests that expired, although their end has not come, wait again.</summary>
    /// <returns>At most <paramref name="limit"/> of them, as they are now.</returns>
    public static IReadOnlyList<RequestSummary> Reopen(SqliteConnection connection, DateTimeOffset now, int limit)
    {
        var rows = connection.Query<RequestRow>(
            $"SELECT {RequestRow.Columns} FROM label_requests r WHERE state = {(int)RequestState.Expired} AND expires_at > @now ORDER BY id LIMIT @limit",
            new { now = StoredTime.Write(now), limit }).AsList();
        foreach (var row in rows)
        {
            row.State = (int)RequestState.Waiting;
        }

        connection.Execute("UPDATE label_requests SET state = @State WHERE id = @Id", rows);
        return [.. rows.Select(r => r.Summary())];
    }

    public static void ReturnEndedLeases(SqliteConnection connection, DateTimeOffset now) => connection.Execute(
        $"""
        UPDATE label_requests SET state = {(int)RequestState.Waiting}, lease_id = NULL, lease_expires = NULL
        WHERE state = {(int)RequestState.Leased} AND lease_expires <= @now
        """,
        new { now = StoredTime.Write(now) });

    public static QueueCounts Counts(SqliteConnection connection, string? model, string? version)
    {
        var filter = SqlFilter.OnModel(model, version);
        var counts = connection
            .Query<(long State, long Count)>($"SELECT state, SUM(requests) FROM queue_counts WHERE {filter} GROUP BY state", new { model, version })
            .ToDictionary(r => (RequestState)r.State, r => r.Count);
        var oldest = connection.ExecuteScalar<long?>(
            $"SELECT created_at FROM label_requests WHERE state = {(int)RequestState.Waiting} AND {filter} ORDER BY id LIMIT 1", new { model, version });
        return new QueueCounts(
            counts.GetValueOrDefault(RequestState.Waiting),
            counts.GetValueOrDefault(RequestState.Leased),
            counts.GetValueOrDefault(RequestState.Answered),
            counts.GetValueOrDefault(RequestState.Skipped),
            counts.GetValueOrDefault(RequestState.Expired),
            counts.GetValueOrDefault(RequestState.Retracted),
            oldest is { } at ? StoredTime.Read(at) : null)
        {
            OpinionsWanted = connection.ExecuteScalar<long>(
                $"SELECT COALESCE(SUM(wanted), 0) FROM opinion_counts WHERE {filter}", new { model, version }),
            KeptApart = LabelsApart.Count(connection, model, version),
        };
    }

    private static bool Add(SqliteConnection connection, LabelRequest r)
    {
        var insert = connection.Prepared(
            """
            INSERT INTO label_requests (model, version, segment, prediction_id, prediction_time, predicted_class, class_count, score,
                monitor_logit, disagreement, inclusion_probability, policy, monitor_version, created_at, expires_at, state, uniform_sample,
                input_reference)
            VALUES (@Model, @Version, @Segment, @PredictionId, @PredictionTime, @PredictedClass, @ClassCount, @Score,
                @MonitorLogit, @Disagreement, @InclusionProbability, @Policy, @MonitorVersion, @CreatedAt, @ExpiresAt, @State, @UniformSample,
                @InputReference)
            ON CONFLICT (model, version, prediction_id) DO NOTHING
            RETURNING id
            """,
            ("@Model", r.Series.Model),
            ("@Version", r.Series.Version),
            ("@Segment", r.Series.Segment),
            ("@PredictionId", r.PredictionId),
            ("@PredictionTime", StoredTime.Write(r.PredictionTime)),
            ("@PredictedClass", r.PredictedClass),
            ("@ClassCount", r.Probabilities.Length),
            ("@Score", r.Score),
            ("@MonitorLogit", r.MonitorLogit),
            ("@Disagreement", r.Disagreement),
            ("@InclusionProbability", r.InclusionProbability),
            ("@Policy", (int)r.Policy),
            ("@MonitorVersion", r.MonitorVersion),
            ("@CreatedAt", StoredTime.Write(r.CreatedAt)),
            ("@ExpiresAt", StoredTime.Write(r.ExpiresAt)),
            ("@State", (int)RequestState.Waiting),
            ("@UniformSample", r.UniformSample),
            ("@InputReference", r.InputReference.Length == 0 ? DBNull.Value : r.InputReference));
        if (insert.ExecuteScalar() is not long id)
        {
            return false;
        }

        connection.Prepared(
            "INSERT INTO request_vectors (request_id, probabilities) VALUES (@id, @vector)",
            ("@id", id),
            ("@vector", MemoryMarshal.AsBytes(r.Probabilities.AsSpan()).ToArray())).ExecuteNonQuery();
        PredictionCallers.Add(connection, r.Series.ModelKey, r.PredictionId);
        if (r.SecondOpinion)
        {
            Opinions.Draw(connection, id);
        }

        return true;
    }
}
