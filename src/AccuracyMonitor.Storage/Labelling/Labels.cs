using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Naming;
using AccuracyMonitor.Storage.Truth;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL of labels: each change is a new row of the history and, in the same transaction, the request's current label.</summary>
internal static class Labels
{
    private static readonly LabelChange ApartDeleted = new() { Outcome = LabelOutcome.KeptApart, Reason = "the label that was kept apart is deleted" };

    /// <param name="connection">In a transaction.</param>
    /// <param name="answers">The labels.</param>
    /// <param name="keepApart">Labels that nobody asked for, at most so many; 0: they are not found.</param>
    /// <param name="origin">Who gives them.</param>
    public static LabelChange[] Complete(SqliteConnection connection, LabelAnswer[] answers, int keepApart, Origin origin)
    {
        var changes = Array.ConvertAll(answers, a => Complete(connection, a, keepApart, origin));
        if (keepApart > 0 && changes.Any(c => c.Outcome == LabelOutcome.KeptApart))
        {
            LabelsApart.Bound(connection, keepApart);
        }

        LabelAudit.Completed(connection, answers, changes, origin);
        return changes;
    }

    public static LabelChange[] Retract(SqliteConnection connection, (ModelKey Key, string PredictionId)[] predictions, string annotator, Origin origin)
    {
        var changes = Array.ConvertAll(predictions, p => Retract(connection, p.Key, p.PredictionId, annotator, origin));
        LabelAudit.Retracted(connection, predictions, changes, annotator, origin);
        return changes;
    }

    public static LabelChange[] RetractOpinions(
        SqliteConnection connection, (ModelKey Key, string PredictionId)[] predictions, string annotator, Origin origin)
    {
        var changes = Array.ConvertAll(predictions, p => RetractOpinion(connection, p.Key, p.PredictionId, annotator, origin));
        LabelAudit.Retracted(connection, predictions, changes, annotator, origin);
        return changes;
    }

    /// <summary>Takes back the current labels, then the opinions, then the labels kept apart that an annotator gave, the oldest first, at most
    /// <see cref="AnnotatorQuery.Limit"/> together.</summary>
    public static LabelChange[] RetractBy(SqliteConnection connection, AnnotatorQuery query, Origin origin)
    {
        // CROSS JOIN fixes the order of the join: from the annotator's labels to their requests.
        var rows = connection.Query<RequestRow>(
            $"""
            SELECT {RequestRow.Columns} FROM labels l CROSS JOIN label_requests r ON r.id = l.request_id AND r.label_sequence = l.sequence
            WHERE l.annotator = @Annotator AND l.labelled_at >= @since AND r.label IS NOT NULL AND {SqlFilter.OnModel(query.Model, query.Version)}
            ORDER BY l.labelled_at, l.sequence LIMIT @Limit
            """,
            new { query.Annotator, since = StoredTime.Write(query.Since), model = query.Model, version = query.Version, query.Limit }).AsList();
        var by = LabellingLimits.Cut(origin.By.Subject, LabellingLimits.MaxAnnotator);
        LabelChange[] changes =
        [
            .. rows.Select(r => Result(LabelOutcome.Ok, r, Append(connection, r, Retraction(by, origin.At)), "")),
            .. Opinions.RetractBy(connection, query, query.Limit - rows.Count, origin.At),
        ];
        var apart = LabelsApart.DeleteBy(connection, query, query.Limit - changes.Length);
        LabelAudit.RetractedBy(connection, changes, apart, query, origin);
        return [.. changes, .. apart.Select(_ => ApartDeleted)];
    }

    /// <summary>What would become of an answer; nothing is kept of it. The request in the result is as it is.</summary>
    /// <param name="by">Subject of who gives it.</param>
    public static LabelChange Check(SqliteConnection connection, LabelAnswer given, int keepApart, string by)
    {
        if (Named(connection, given, by, out var answer) is { } unclear)
        {
            return unclear;
        }

        if (LeaseOfOpinion(connection, answer) is { } lease)
        {
            return Opinions.Check(connection, lease, answer);
        }

        if (answer.AsOpinion)
        {
            return OfferedOpinions.Judge(connection, answer).Verdict;
        }

        return Judge(connection, answer).Verdict switch
        {
            var verdict when !IsUnrequested(verdict, answer) => verdict,
            _ when answer.OfEveryPrediction => TruthAnswers.Judge(connection, answer),
            var verdict => keepApart > 0 ? LabelsApart.Judge(connection, answer) : verdict,
        };
    }

    private static LabelChange Complete(SqliteConnection connection, LabelAnswer given, int keepApart, Origin origin)
    {
        var now = origin.At;
        if (Named(connection, given, origin.By.Subject, out var answer) is { } unclear)
        {
            return unclear;
        }

        if (LeaseOfOpinion(connection, answer) is { } lease)
        {
            return Opinions.Complete(connection, lease, answer, now);
        }

        if (answer.AsOpinion)
        {
            return OfferedOpinions.Complete(connection, answer, now);
        }

        var (verdict, row) = Judge(connection, answer);
        if (IsUnrequested(verdict, answer))
        {
            return answer.OfEveryPrediction ? TruthAnswers.Take(connection, answer)
                : keepApart > 0 ? LabelsApart.Keep(connection, answer, now)
                : verdict;
        }

        if (!verdict.Changed)
        {
            return verdict;
        }

        if (row!.LabelSequence is null)
        {
            // Given before the prediction was known to be chosen.
            LabelsApart.Delete(connection, new ModelKey(row.Model, row.Version), row.PredictionId);
        }

        var (conditions, leftOut) = answer.Conditions.AndRevealed(Leases.Revealed(connection, row.Id, answer.Annotator, answer.LeaseId)).Checked(now);
        var after = Append(connection, row, new HistoryEntry(answer.Label, RequestState.Answered, answer.Annotator, now) { Conditions = conditions });
        return Result(verdict.Outcome, row, after, leftOut) with { IsRevealed = conditions.Revealed == true };
    }

    /// <returns>Null if the answer is a label, or to be refused as one.</returns>
    private static OpinionLease? LeaseOfOpinion(SqliteConnection connection, LabelAnswer answer) =>
        !string.IsNullOrEmpty(answer.LeaseId) && Problem(answer) is null && OpinionLease.Find(connection, answer.LeaseId) is { } lease
        && !Contradicts(answer, lease.Request) ? lease : null;

    /// <param name="answer">With the id under which its prediction is kept, where a lease does not name it.</param>
    /// <returns>Null, or what becomes of an answer of which it cannot be told which prediction it means.</returns>
    private static LabelChange? Named(SqliteConnection connection, LabelAnswer given, string by, out LabelAnswer answer)
    {
        answer = given;
        if (!string.IsNullOrEmpty(given.LeaseId) || string.IsNullOrEmpty(given.PredictionId))
        {
            return null;
        }

        var named = PredictionNames.Find(connection, given.Key, given.PredictionId, by);
        answer = given with { PredictionId = named.Id };
        return Unclear(named);
    }

    private static LabelChange? Unclear(NamedPrediction named) =>
        named.Problem.Length > 0 ? new LabelChange { Outcome = LabelOutcome.Invalid, Reason = named.Problem } : null;

    private static bool IsUnrequested(LabelChange verdict, LabelAnswer answer) =>
        verdict.Outcome == LabelOutcome.NotFound && string.IsNullOrEmpty(answer.LeaseId);

    /// <returns>With the request when there is one.</returns>
    private static (LabelChange Verdict, RequestRow? Row) Judge(SqliteConnection connection, LabelAnswer answer)
    {
        if (Problem(answer) is { } problem)
        {
            return (new LabelChange { Outcome = LabelOutcome.Invalid, Reason = problem }, null);
        }

        var byLease = !string.IsNullOrEmpty(answer.LeaseId);
        var row = byLease ? Leases.Find(connection, answer.LeaseId!) : RequestReads.Find(connection, answer.Key, answer.PredictionId!);
        return row is null
            ? (NotFound(byLease ? $"lease_id '{answer.LeaseId}' was never given, or is forgotten" : Unknown(answer.Key, answer.PredictionId!)), null)
            : (Judge(connection, answer, row), row);
    }

    private static LabelChange Judge(SqliteConnection connection, LabelAnswer answer, RequestRow row)
    {
        if (!string.IsNullOrEmpty(answer.LeaseId) && Contradicts(answer, row))
        {
            return Result(LabelOutcome.Invalid, row, row,
                $"lease_id is of prediction '{row.PredictionId}' of {row.Model}:{row.Version}, the answer names '{answer.PredictionId}' of {answer.Key}");
        }

        if (answer.Label < 0 || answer.Label >= row.ClassCount)
        {
            return Result(LabelOutcome.LabelOutOfRange, row, row, $"label is {answer.Label}, must be 0 to {row.ClassCount - 1}");
        }

        var outcome = row.Label == answer.Label ? LabelOutcome.Unchanged : row.Label is null ? LabelOutcome.Ok : LabelOutcome.Replaced;
        return Result(outcome, row, row, "");
    }

    private static LabelChange Retract(SqliteConnection connection, ModelKey key, string given, string annotator, Origin origin)
    {
        var (named, now) = (PredictionNames.Find(connection, key, given, origin.By.Subject), origin.At);
        if (Unclear(named) is { } unclear)
        {
            return unclear;
        }

        var predictionId = named.Id;
        if (RequestReads.Find(connection, key, predictionId) is not { } row)
        {
            var truth = PredictionMemory.SetTruth(connection, key, predictionId, truth: null);
            return LabelsApart.Delete(connection, key, predictionId) ? ApartDeleted
                : truth ? new LabelChange { Outcome = LabelOutcome.KeptApart, Reason = "the truth of a prediction that was not chosen is taken back" }
                : NotFound(Unknown(key, predictionId));
        }

        // Who gave an opinion takes that back, and not the label of somebody else.
        if (annotator.Length > 0 && Opinions.Retract(connection, row.Id, annotator, now))
        {
            return Result(LabelOutcome.Ok, row, row, "") with { IsOpinion = true };
        }

        return row.RequestState switch
        {
            RequestState.Answered => Result(LabelOutcome.Ok, row, Append(connection, row, Retraction(annotator, now)), ""),
            RequestState.Retracted => Result(LabelOutcome.Unchanged, row, row, ""),
            _ => Result(LabelOutcome.NotFound, row, row, $"prediction '{predictionId}' of {key} has no label to take back"),
        };
    }

    private static LabelChange RetractOpinion(SqliteConnection connection, ModelKey key, string given, string annotator, Origin origin)
    {
        var named = PredictionNames.Find(connection, key, given, origin.By.Subject);
        return Unclear(named)
            ?? (RequestReads.Find(connection, key, named.Id) is { } row && Opinions.Retract(connection, row.Id, annotator, origin.At)
                ? Opinions.Result(LabelOutcome.Ok, row, "")
                : NotFound($"annotator '{annotator}' has given no opinion about prediction '{named.Id}' of {key}"));
    }

    private static HistoryEntry Retraction(string annotator, DateTimeOffset at) => new(null, RequestState.Retracted, annotator, at);

    private static RequestRow Append(SqliteConnection connection, RequestRow row, HistoryEntry entry)
    {
        var at = StoredTime.Write(entry.At);
        var sequence = connection.QuerySingle<long>(
            """
            INSERT INTO labels (request_id, label, annotator, labelled_at, shown_at, answered_at, revealed, tool, class_names_version)
            VALUES (@Id, @Label, @Annotator, @at, @shown, @answered, @Revealed, @Tool, @ClassNamesVersion) RETURNING sequence
            """,
            new
            {
                row.Id,
                entry.Label,
                entry.Annotator,
                at,
                shown = StoredTime.Write(entry.Conditions.ShownAt),
                answered = StoredTime.Write(entry.Conditions.AnsweredAt),
                entry.Conditions.Revealed,
                entry.Conditions.Tool,
                entry.Conditions.ClassNamesVersion,
            });
        connection.Execute(
            """
            UPDATE label_requests SET state = @state, label = @Label, label_sequence = @sequence, labelled_at = @at, lease_id = NULL, lease_expires = NULL
            WHERE id = @Id
            """,
            new { row.Id, state = (int)entry.State, entry.Label, sequence, at });
        PredictionMemory.SetTruth(connection, new ModelKey(row.Model, row.Version), row.PredictionId, entry.Label);
        DropIntermediate(connection, row.Id);
        Opinions.Follow(connection, row.Id, entry.At);
        return RequestReads.ById(connection, row.Id);
    }

    /// <summary>Keeps the first change of a label and the newest ones: the right label can always be given, and the history stays bounded.</summary>
    private static void DropIntermediate(SqliteConnection connection, long id) => connection.Execute(
        """
        DELETE FROM labels WHERE sequence IN (
            SELECT sequence FROM labels
            WHERE request_id = @id AND sequence > (SELECT MIN(sequence) FROM labels WHERE request_id = @id)
            ORDER BY sequence DESC LIMIT -1 OFFSET @newest)
        """,
        new { id, newest = LabellingLimits.MaxChanges - 1 });

    public static string? Problem(LabelAnswer answer)
    {
        if (string.IsNullOrEmpty(answer.LeaseId) && string.IsNullOrEmpty(answer.PredictionId))
        {
            return "lease_id and prediction_id are both empty, one is needed";
        }

        return LabellingLimits.TooLong("annotator", answer.Annotator, LabellingLimits.MaxAnnotator)
            ?? LabellingLimits.TooLong("tool", answer.Conditions.Tool, LabellingLimits.MaxTool)
            ?? LabellingLimits.TooLong("class_names_version", answer.Conditions.ClassNamesVersion, LabellingLimits.MaxClassNamesVersion);
    }

    private static bool Contradicts(LabelAnswer answer, RequestRow row) =>
        !string.IsNullOrEmpty(answer.PredictionId)
        && (!PredictionIds.Names(answer.PredictionId, row.PredictionId) || new ModelKey(row.Model, row.Version) != answer.Key);

    public static string Unknown(ModelKey key, string predictionId) => $"no label was requested for prediction '{predictionId}' of {key}, or it is pruned";

    public static LabelChange NotFound(string reason) => new() { Outcome = LabelOutcome.NotFound, Reason = reason };

    private static LabelChange Result(LabelOutcome outcome, RequestRow before, RequestRow after, string reason) => new()
    {
        Outcome = outcome,
        Request = after.Summary(),
        PreviousState = before.RequestState,
        Previous = (int?)before.Label,
        Reason = reason,
    };

    /// <summary>What is appended to a request's history, and the state that it gives the request.</summary>
    /// <param name="Label">Null: a retraction.</param>
    private sealed record HistoryEntry(long? Label, RequestState State, string Annotator, DateTimeOffset At)
    {
        public AnswerConditions Conditions { get; init; } = AnswerConditions.Unknown;
    }
}
