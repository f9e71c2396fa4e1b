using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// SQL of labels that nobody asked for. They are kept apart from the labels of requests, and no estimate reads them: the predictions were chosen by
/// whoever labelled them, with a probability that nobody knows.
/// </summary>
internal static class LabelsApart
{
    private const int MaxName = 128;

    /// <summary>Keeps a label, in the place of an earlier one of the same prediction.</summary>
    public static LabelChange Keep(SqliteConnection connection, LabelAnswer answer, DateTimeOffset now)
    {
        var verdict = Judge(connection, answer);
        if (verdict.Outcome == LabelOutcome.KeptApart)
        {
            // Not an update: the newest have the highest sequence, and the oldest go first. Not a REPLACE: it would not run the trigger that counts.
            Delete(connection, answer.Key, answer.PredictionId!);
            connection.Execute(
                """
                INSERT INTO labels_apart (model, version, prediction_id, label, annotator, tool, labelled_at)
                VALUES (@Model, @Version, @PredictionId, @Label, @Annotator, @Tool, @now)
                """,
                new
                {
                    answer.Key.Model,
                    answer.Key.Version,
                    answer.PredictionId,
                    answer.Label,
                    answer.Annotator,
                    answer.Conditions.Tool,
                    now = StoredTime.Write(now),
                });
        }

        return verdict;
    }

    /// <summary>What would become of a label that nobody asked for.</summary>
    public static LabelChange Judge(SqliteConnection connection, LabelAnswer answer)
    {
        if (Problem(answer) is { } problem)
        {
            return new LabelChange { Outcome = LabelOutcome.Invalid, Reason = problem };
        }

        var kept = Find(connection, answer.Key, answer.PredictionId!);
        return kept == answer.Label
            ? new LabelChange { Outcome = LabelOutcome.Unchanged, Reason = "kept apart" }
            : new LabelChange
            {
                Outcome = LabelOutcome.KeptApart,
                Reason = $"no label was requested for prediction '{answer.PredictionId}' of {answer.Key}: the label is kept apart and enters no estimate, "
                    + "because who gave it chose the prediction",
            };
    }

    /// <summary>Deletes the label of a prediction.</summary>
    public static bool Delete(SqliteConnection connection, ModelKey key, string predictionId) => connection.Execute(
        "DELETE FROM labels_apart WHERE model = @Model AND version = @Version AND prediction_id = @predictionId",
        new { key.Model, key.Version, predictionId }) > 0;

    /// <summary>Deletes those that one annotator gave, the oldest first.</summary>
    /// <returns>The model version of each that was deleted, at most <paramref name="limit"/>.</returns>
    public static ModelKey[] DeleteBy(SqliteConnection connection, AnnotatorQuery query, int limit) =>
    [
        .. connection.Query<(string Model, string Version)>(
            $"""
            DELETE FROM labels_apart WHERE sequence IN (
                SELECT sequence FROM labels_apart WHERE annotator = @Annotator AND labelled_at >= @since AND {SqlFilter.OnModel(query.Model, query.Version)}
                ORDER BY labelled_at LIMIT @limit)
            RETURNING model, version
            """,
            new { query.Annotator, since = StoredTime.Write(query.Since), model = query.Model, version = query.Version, limit })
            .Select(r => new ModelKey(r.Model, r.Version)),
    ];

    /// <summary>Deletes the oldest beyond a number.</summary>
    public static void Bound(SqliteConnection connection, int most)
    {
        var excess = connection.ExecuteScalar<long>("SELECT COALESCE(SUM(labels), 0) FROM apart_counts") - most;
        if (excess > 0)
        {
            connection.Execute(
                "DELETE FROM labels_apart WHERE sequence IN (SELECT sequence FROM labels_apart ORDER BY sequence LIMIT @excess)", new { excess });
        }
    }

    /// <summary>Deletes those that were given before a time.</summary>
    public static int Prune(SqliteConnection connection, DateTimeOffset before, int limit) => connection.Execute(
        "DELETE FROM labels_apart WHERE sequence IN (SELECT sequence FROM labels_apart WHERE labelled_at < @before ORDER BY labelled_at LIMIT @limit)",
        new { before = StoredTime.Write(before), limit });

    public static long Count(SqliteConnection connection, string? model, string? version) => connection.ExecuteScalar<long>(
        $"SELECT COALESCE(SUM(labels), 0) FROM apart_counts WHERE {SqlFilter.OnModel(model, version)}", new { model, version });

    private static long? Find(SqliteConnection connection, ModelKey key, string predictionId) => connection.QuerySingleOrDefault<long?>(
        "SELECT label FROM labels_apart WHERE model = @Model AND version = @Version AND prediction_id = @predictionId",
        new { key.Model, key.Version, predictionId });

    private static string? Problem(LabelAnswer answer) =>
        answer.Key.Model is not { Length: > 0 } ? "model is empty, it must be named"
        : answer.Key.Version is not { Length: > 0 } ? "version is empty, it must be named"
        : LabellingLimits.TooLong("model", answer.Key.Model, MaxName) ?? LabellingLimits.TooLong("version", answer.Key.Version, MaxName)
            ?? LabellingLimits.TooLong("prediction_id", answer.PredictionId!, PredictionIds.MaxKept);
}
