using System.IO.Hashing;
using System.Text;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Storage.Callers;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Truth;

/// <summary>SQL of the predictions that are remembered until their truth comes.</summary>
internal static class PredictionMemory
{
    private const double ScoreUnit = ushort.MaxValue;

    private const string OfModel = "model_id = (SELECT id FROM remembered_models WHERE model = @Model AND version = @Version)";

    private const string Sums =
        "COUNT(*) AS Predictions, COUNT(truth) AS Known, COALESCE(SUM(truth = predicted_class), 0) AS Correct, COALESCE(SUM(score), 0) AS Score";

    /// <summary>An id that is remembered stays as it is: a client may send a prediction twice.</summary>
    public static int Remember(SqliteConnection connection, IReadOnlyList<RememberedPrediction> predictions)
    {
        var models = new Dictionary<ModelKey, long>();
        foreach (var p in predictions)
        {
            if (!models.TryGetValue(p.Key, out var model))
            {
                models[p.Key] = model = ModelId(connection, p);
            }

            connection.Prepared(
                """
                INSERT INTO remembered_predictions (model_id, id_hash, at, predicted_class, score, truth)
                VALUES (@model, @hash, @at, @predicted, @score,
                    (SELECT label FROM label_requests WHERE model = @Model AND version = @Version AND prediction_id = @id))
                ON CONFLICT DO NOTHING
                """,
                ("@model", model),
                ("@hash", Hash(p.PredictionId)),
                ("@at", p.Time.ToUnixTimeSeconds()),
                ("@predicted", p.PredictedClass),
                ("@score", (long)Math.Round(p.Score * ScoreUnit)),
                ("@Model", p.Key.Model),
                ("@Version", p.Key.Version),
                ("@id", p.PredictionId)).ExecuteNonQuery();
            PredictionCallers.Add(connection, p.Key, p.PredictionId);
        }

        return predictions.Count;
    }

    /// <returns>Null if it is not remembered.</returns>
    public static RememberedTruth? Find(SqliteConnection connection, ModelKey key, string predictionId) => connection.QuerySingleOrDefault<Known>(
        """
        SELECT m.class_count AS ClassCount, p.truth AS Truth FROM remembered_predictions p JOIN remembered_models m ON m.id = p.model_id
        WHERE m.model = @Model AND m.version = @Version AND p.id_hash = @hash
        """,
        new { key.Model, key.Version, hash = Hash(predictionId) }) is { } known ? new RememberedTruth(known.ClassCount, known.Truth) : null;

    /// <param name="connection">In a transaction.</param>
    /// <param name="key">The model version.</param>
    /// <param name="predictionId">One that is not remembered is passed over.</param>
    /// <param name="truth">Null: taken back.</param>
    /// <returns>Whether the truth that is remembered changed.</returns>
    public static bool SetTruth(SqliteConnection connection, ModelKey key, string predictionId, long? truth) => connection.Execute(
        $"UPDATE remembered_predictions SET truth = @truth WHERE {OfModel} AND id_hash = @hash AND truth IS NOT @truth",
        new { key.Model, key.Version, hash = Hash(predictionId), truth }) > 0;

    public static bool Forget(SqliteConnection connection, ModelKey key, string predictionId) => connection.Execute(
        $"DELETE FROM remembered_predictions WHERE {OfModel} AND id_hash = @hash", new { key.Model, key.Version, hash = Hash(predictionId) }) > 0;

    /// <summary>The model versions that have remembered predictions, and how many. Reads an index to its end: not for the writer.</summary>
    public static IReadOnlyList<RememberedCount> Counts(SqliteConnection connection) =>
    [
        .. connection.Query<(string Model, string Version, long Predictions)>(
            "SELECT model, version, (SELECT COUNT(*) FROM remembered_predictions WHERE model_id = id) FROM remembered_models")
            .Select(r => new RememberedCount(new ModelKey(r.Model, r.Version), r.Predictions)),
    ];

    /// <summary>Forgets the oldest of a model version, and those made before a time. A version that has none left is forgotten too.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="key">The model version.</param>
    /// <param name="excess">How many of the oldest go, whatever their time.</param>
    /// <param name="before">Those made before it go.</param>
    /// <param name="limit">Bound of the work.</param>
    /// <returns>How many, at most <paramref name="limit"/>.</returns>
    public static int Prune(SqliteConnection connection, ModelKey key, long excess, DateTimeOffset before, int limit)
    {
        var pruned = connection.Execute(
            $"""
            DELETE FROM remembered_predictions WHERE (model_id, id_hash) IN (
                SELECT model_id, id_hash FROM (
                    SELECT model_id, id_hash, at, ROW_NUMBER() OVER (ORDER BY at) AS place FROM (
                        SELECT model_id, id_hash, at FROM remembered_predictions WHERE {OfModel} ORDER BY at LIMIT @limit))
                WHERE place <= @excess OR at < @before)
            """,
            new { key.Model, key.Version, excess, before = before.ToUnixTimeSeconds(), limit });
        connection.Execute(
            "DELETE FROM remembered_models WHERE model = @Model AND version = @Version "
            + "AND NOT EXISTS (SELECT 1 FROM remembered_predictions WHERE model_id = id)",
            new { key.Model, key.Version });
        return pruned;
    }

    /// <summary>Forgets the oldest of the model version that has the oldest.</summary>
    /// <returns>How many, at most <paramref name="limit"/>.</returns>
    public static int PruneOldest(SqliteConnection connection, int limit) => connection.Execute(
        """
        DELETE FROM remembered_predictions WHERE (model_id, id_hash) IN (
            SELECT model_id, id_hash FROM remembered_predictions WHERE model_id = (
                SELECT id FROM (SELECT id, (SELECT MIN(at) FROM remembered_predictions WHERE model_id = id) AS oldest FROM remembered_models)
                WHERE oldest IS NOT NULL ORDER BY oldest LIMIT 1)
            ORDER BY at LIMIT @limit)
        """,
        new { limit });

    /// <summary>Sums of the stretches that time is divided into, oldest first. The oldest of them may have lost predictions, and is left out.</summary>
    public static IReadOnlyList<RealizedStretch> Stretches(SqliteConnection connection, ModelKey key, TimeSpan length)
    {
        var seconds = (long)length.TotalSeconds;
        return
        [
            .. connection.Query<Row>(
                $"SELECT at / @seconds * @seconds AS Start, {Sums} FROM remembered_predictions WHERE {OfModel} GROUP BY at / @seconds ORDER BY at / @seconds",
                new { key.Model, key.Version, seconds })
                .Skip(1).Select(r => r.Stretch(DateTimeOffset.FromUnixTimeSeconds(r.Start), DateTimeOffset.FromUnixTimeSeconds(r.Start) + length)),
        ];
    }

    /// <summary>The sums of one stretch; null: it began before the oldest prediction that is remembered.</summary>
    public static RealizedStretch? Stretch(SqliteConnection connection, ModelKey key, DateTimeOffset start, DateTimeOffset end)
    {
        var row = connection.QuerySingle<Row>(
            $"""
            SELECT (SELECT COALESCE(MIN(at), @end) FROM remembered_predictions WHERE {OfModel}) AS Start, {Sums}
            FROM remembered_predictions WHERE {OfModel} AND at >= @start AND at < @end
            """,
            new { key.Model, key.Version, start = start.ToUnixTimeSeconds(), end = end.ToUnixTimeSeconds() });
        return row.Start > start.ToUnixTimeSeconds() ? null : row.Stretch(start, end);
    }

    private static long ModelId(SqliteConnection connection, RememberedPrediction p)
    {
        var names = new { p.Key.Model, p.Key.Version, p.ClassCount };
        connection.Execute("INSERT INTO remembered_models (model, version, class_count) VALUES (@Model, @Version, @ClassCount) ON CONFLICT DO NOTHING", names);
        return connection.QuerySingle<long>("SELECT id FROM remembered_models WHERE model = @Model AND version = @Version", names);
    }

    private static long Hash(string id) => unchecked((long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(id)));

    private sealed class Known
    {
        public long ClassCount { get; set; }

        public long? Truth { get; set; }
    }

    /// <summary>As Dapper fills it: SQLite's own types.</summary>
    private sealed class Row
    {
        public long Start { get; set; }

        public long Predictions { get; set; }

        public long Known { get; set; }

        public long Correct { get; set; }

        public long Score { get; set; }

        public RealizedStretch Stretch(DateTimeOffset start, DateTimeOffset end) =>
            new(start, end) { Predictions = Predictions, Known = Known, Correct = Correct, Score = Score / ScoreUnit };
    }
}

/// <summary>What is known of a remembered prediction.</summary>
/// <param name="ClassCount">K.</param>
/// <param name="Truth">Null: not yet.</param>
internal sealed record RememberedTruth(long ClassCount, long? Truth);
