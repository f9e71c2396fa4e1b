using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL of second and third opinions. They stand beside the label: nothing here changes it.</summary>
internal static class Opinions
{
    /// <summary>The request is to be asked of a second annotator, once it has a label.</summary>
    public static void Draw(SqliteConnection connection, long requestId) =>
        connection.Execute("INSERT INTO doubled_requests (request_id) VALUES (@requestId)", new { requestId });

    /// <summary>
    /// After a change of the label or of an opinion: is an opinion wanted? A second one while there is a label whose annotator is known, and a third one
    /// while the second disagrees with the label. An opinion is wanted for as long as the request itself waited for its label at most.
    /// </summary>
    public static void Follow(SqliteConnection connection, long requestId, DateTimeOffset now)
    {
        var found = connection.QuerySingleOrDefault<(long Wanted, long Lifetime, long? Label, string? Annotator, long Second, long? SecondLabel, long Third)?>(
            """
            SELECT d.wanted, r.expires_at - r.created_at, r.label, l.annotator, second.number IS NOT NULL, second.label, third.number IS NOT NULL
            FROM doubled_requests d
            JOIN label_requests r ON r.id = d.request_id
            LEFT JOIN labels l ON l.sequence = r.label_sequence
            LEFT JOIN opinions second ON second.request_id = r.id AND second.number = 2
            LEFT JOIN opinions third ON third.request_id = r.id AND third.number = 3
            WHERE d.request_id = @requestId
            """,
            new { requestId });
        if (found is not { } state)
        {
            return;
        }

        var wanted = state switch
        {
            { Label: null } or { Annotator: null or "" } => 0,
            { Second: 0 } => 2,
            { SecondLabel: { } other, Third: 0 } when other != state.Label => 3,
            _ => 0,
        };
        if (wanted != state.Wanted)
        {
            connection.Execute(
                "UPDATE doubled_requests SET wanted = @wanted, wanted_until = @until, lease_id = NULL, lease_expires = NULL WHERE request_id = @requestId",
                new { requestId, wanted, until = wanted == 0 ? (long?)null : StoredTime.Write(now) + state.Lifetime });
        }
    }

    /// <summary>Opinions that nobody gave in time are wanted no longer. A lease that still runs is let finish.</summary>
    public static void Expire(SqliteConnection connection, DateTimeOffset now) => connection.Execute(
        """
        UPDATE doubled_requests SET wanted = 0, wanted_until = NULL, lease_id = NULL, lease_expires = NULL
        WHERE wanted <> 0 AND wanted_until <= @now AND (lease_id IS NULL OR lease_expires <= @now)
        """,
        new { now = StoredTime.Write(now) });

    /// <summary>Takes an opinion by its lease. The same again is <see cref="LabelOutcome.Unchanged"/>; its annotator may correct it.</summary>
    public static LabelChange Complete(SqliteConnection connection, OpinionLease lease, LabelAnswer answer, DateTimeOffset now)
    {
        var verdict = Check(connection, lease, answer);
        if (verdict.Outcome is not (LabelOutcome.Ok or LabelOutcome.Replaced))
        {
            return verdict;
        }

        return Write(connection, verdict, lease.Number, answer with { Annotator = AnnotatorOf(lease, answer) }, now);
    }

    /// <summary>Writes an opinion that was judged.</summary>
    /// <param name="verdict">With its request.</param>
    public static LabelChange Write(SqliteConnection connection, LabelChange verdict, int number, LabelAnswer answer, DateTimeOffset now)
    {
        var request = verdict.Request!;
        var id = RequestReads.Find(connection, request.Series.ModelKey, request.PredictionId)!.Id;
        var (conditions, leftOut) = answer.Conditions.AndRevealed(Leases.Revealed(connection, id, answer.Annotator, answer.LeaseId)).Checked(now);
        Append(connection, id, new Opinion(number, (int)answer.Label, answer.Annotator, now, conditions));
        return verdict with { Reason = leftOut, IsRevealed = conditions.Revealed == true };
    }

    /// <summary>What would become of an answer; nothing is kept of it.</summary>
    public static LabelChange Check(SqliteConnection connection, OpinionLease lease, LabelAnswer answer)
    {
        var (row, annotator) = (lease.Request, AnnotatorOf(lease, answer));
        if (answer.Label < 0 || answer.Label >= row.ClassCount)
        {
            return Result(LabelOutcome.LabelOutOfRange, row, $"label is {answer.Label}, must be 0 to {row.ClassCount - 1}");
        }

        var given = connection.QuerySingleOrDefault<(string Annotator, long? Label)?>(
            "SELECT annotator, label FROM opinions WHERE request_id = @Id AND number = @Number", new { row.Id, lease.Number });
        if (given is { } before)
        {
            return !string.Equals(before.Annotator, annotator, StringComparison.Ordinal)
                ? Result(LabelOutcome.LeaseLost, row, $"another annotator has given the opinion about prediction '{row.PredictionId}' meanwhile")
                : Result(before.Label == answer.Label ? LabelOutcome.Unchanged : LabelOutcome.Replaced, row, "");
        }

        return HasSpoken(connection, row.Id, annotator)
            ? AnsweredByHimself(row, annotator)
            : Result(LabelOutcome.Ok, row, "");
    }

    /// <summary>Takes back the opinion that an annotator gave about a request.</summary>
    /// <returns>False if he gave none.</returns>
    public static bool Retract(SqliteConnection connection, long requestId, string annotator, DateTimeOffset now)
    {
        if (connection.Execute("DELETE FROM opinions WHERE request_id = @requestId AND annotator = @annotator", new { requestId, annotator }) == 0)
        {
            return false;
        }

        Follow(connection, requestId, now);
        return true;
    }

    /// <summary>Takes back the opinions that an annotator gave, the oldest first.</summary>
    /// <returns>The requests that they were about, at most <paramref name="limit"/>.</returns>
    public static IReadOnlyList<LabelChange> RetractBy(SqliteConnection connection, AnnotatorQuery query, int limit, DateTimeOffset now)
    {
        var rows = connection.Query<RequestRow>(
            $"""
            SELECT {RequestRow.Columns} FROM opinions o CROSS JOIN label_requests r ON r.id = o.request_id
            WHERE o.annotator = @Annotator AND o.given_at >= @since AND {SqlFilter.OnModel(query.Model, query.Version)}
            ORDER BY o.given_at, o.sequence LIMIT @limit
            """,
            new { query.Annotator, since = StoredTime.Write(query.Since), model = query.Model, version = query.Version, limit }).AsList();
        foreach (var row in rows)
        {
            Retract(connection, row.Id, query.Annotator, now);
        }

        return [.. rows.Select(r => Result(LabelOutcome.Ok, r, ""))];
    }

    public static IReadOnlyList<Opinion> Of(SqliteConnection connection, ModelKey key, string predictionId) =>
        [.. connection.Query<OpinionRow>(
            $"""
            SELECT {OpinionRow.OpinionColumns}
            FROM opinions o JOIN label_requests r ON r.id = o.request_id
            WHERE r.model = @Model AND r.version = @Version AND r.prediction_id = @predictionId ORDER BY o.number
            """,
            new { key.Model, key.Version, predictionId }).Select(o => o.Opinion())];

    public static IReadOnlyList<OpinionListing> Page(SqliteConnection connection, OpinionQuery query) =>
        [.. connection.Query<OpinionRow>(
            $"""
            SELECT {OpinionRow.OpinionColumns}, o.sequence AS Sequence, r.model AS Model, r.version AS Version, r.prediction_id AS PredictionId
            FROM opinions o CROSS JOIN label_requests r ON r.id = o.request_id
            WHERE o.sequence < @Before AND {SqlFilter.OnModel(query.Model, query.Version)} AND o.given_at >= @since
                {(string.IsNullOrEmpty(query.Annotator) ? "" : "AND o.annotator = @Annotator")}
                {(query.WithheldFrom is null ? "" : "AND (o.annotator = @WithheldFrom OR NOT EXISTS "
                    + "(SELECT 1 FROM doubled_requests d WHERE d.request_id = o.request_id AND d.wanted <> 0))")}
            ORDER BY o.sequence DESC LIMIT @Limit
            """,
            new
            {
                query.Before,
                model = query.Model,
                version = query.Version,
                since = StoredTime.Write(query.Since),
                query.Annotator,
                query.WithheldFrom,
                query.Limit,
            }).Select(o => o.Listing())];

    internal static void Append(SqliteConnection connection, long requestId, Opinion opinion)
    {
        connection.Execute(
            """
            INSERT INTO opinions (request_id, number, label, annotator, given_at, shown_at, answered_at, revealed, tool, class_names_version)
            VALUES (@requestId, @Number, @Label, @Annotator, @at, @shown, @answered, @Revealed, @Tool, @ClassNamesVersion)
            ON CONFLICT (request_id, number) DO UPDATE SET label = excluded.label, given_at = excluded.given_at, shown_at = excluded.shown_at,
                answered_at = excluded.answered_at, revealed = excluded.revealed, tool = excluded.tool,
                class_names_version = excluded.class_names_version
            """,
            new
            {
                requestId,
                opinion.Number,
                opinion.Label,
                opinion.Annotator,
                at = StoredTime.Write(opinion.GivenAt),
                shown = StoredTime.Write(opinion.Conditions.ShownAt),
                answered = StoredTime.Write(opinion.Conditions.AnsweredAt),
                opinion.Conditions.Revealed,
                opinion.Conditions.Tool,
                opinion.Conditions.ClassNamesVersion,
            });
        Follow(connection, requestId, opinion.GivenAt);
    }

    private static string AnnotatorOf(OpinionLease lease, LabelAnswer answer) => answer.Annotator.Length > 0 ? answer.Annotator : lease.Annotator;

    public static LabelChange AnsweredByHimself(RequestRow row, string annotator) => Result(
        LabelOutcome.Invalid, row, $"annotator '{annotator}' has answered prediction '{row.PredictionId}' already; the opinion must be another's");

    public static bool HasSpoken(SqliteConnection connection, long requestId, string annotator) => connection.QuerySingle<bool>(
        """
        SELECT EXISTS (SELECT 1 FROM labels WHERE request_id = @requestId AND annotator = @annotator)
            OR EXISTS (SELECT 1 FROM opinions WHERE request_id = @requestId AND annotator = @annotator)
        """,
        new { requestId, annotator });

    public static LabelChange Result(LabelOutcome outcome, RequestRow row, string reason) => new()
    {
        Outcome = outcome,
        IsOpinion = true,
        Request = row.Summary(),
        PreviousState = row.RequestState,
        Previous = (int?)row.Label,
        Reason = reason,
    };

    private sealed class OpinionRow : LabelRow
    {
        public const string OpinionColumns =
            """
            o.number AS Number, o.label AS Label, o.annotator AS Annotator, o.given_at AS LabelledAt, o.shown_at AS ShownAt,
                o.answered_at AS AnsweredAt, o.revealed AS Revealed, o.tool AS Tool, o.class_names_version AS ClassNamesVersion
            """;

        public long Number { get; set; }

        public string Model { get; set; } = "";

        public string Version { get; set; } = "";

        public string PredictionId { get; set; } = "";

        public OpinionListing Listing() => new(Sequence, new ModelKey(Model, Version), PredictionId, Opinion());

        public Opinion Opinion()
        {
            var entry = Entry();
            return new Opinion((int)Number, entry.Label, entry.Annotator, entry.LabelledAt, entry.Conditions);
        }
    }
}
