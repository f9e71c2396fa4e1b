using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Windows;

/// <summary>SQL of the buckets.</summary>
internal static class Buckets
{
    /// <summary>About what one row keeps in memory while it waits for the writer.</summary>
    public const long RowBytes = 200;

    // Part of the primary key, so not NULL.
    private const int AllClasses = -2;

    private const string Columns =
        """
        model AS Model, version AS Version, segment AS Segment, predicted_class AS PredictedClass, "window" AS Window, start AS Start, predictions AS Count,
        score AS Score,
        score_squared AS ScoreSquared, score_variance AS ScoreVariance, confidence AS Confidence, covered_predictions AS CoveredCount,
        covered_score AS CoveredScore, covered_score_squared AS CoveredScoreSquared, requested AS Requested, sequence AS Sequence
        """;

    /// <exception cref="ArgumentException">A sum is not finite: kept, it would poison its window for good. Or a sequence number is below 1.</exception>
    public static void Check(IReadOnlyList<BucketRow> rows)
    {
        foreach (var (series, bucket) in rows)
        {
            var s = bucket.Sums;
            if (!double.IsFinite(s.Score + s.ScoreSquared + s.ScoreVariance + s.Confidence + s.CoveredScore + s.CoveredScoreSquared))
            {
                throw new ArgumentException($"Bucket {bucket.Start:O} of {series}: its sums must be finite", nameof(rows));
            }

            if (bucket.Sequence < 1)
            {
                throw new ArgumentException(
                    $"Bucket {bucket.Start:O} of {series}: its sequence number is {bucket.Sequence}; it must be at least 1", nameof(rows));
            }
        }
    }

    /// <summary>Keeps each row unless a later snapshot of its bucket is stored already.</summary>
    /// <returns>How many were kept.</returns>
    public static int Upsert(SqliteConnection connection, IReadOnlyList<BucketRow> rows, BucketSequence sequence)
    {
        if (rows.Count == 0)
        {
            return 0;
        }

        var written = 0;
        var before = sequence.Before(connection);
        foreach (var (series, bucket) in rows)
        {
            var s = bucket.Sums;
            written += connection.Prepared(
                """
                INSERT INTO prediction_buckets (model, version, segment, predicted_class, "window", start, predictions, score, score_squared, score_variance,
                    confidence, covered_predictions, covered_score, covered_score_squared, requested, sequence)
                VALUES (@Model, @Version, @Segment, @PredictedClass, @Window, @Start, @Count, @Score, @ScoreSquared, @ScoreVariance,
                    @Confidence, @CoveredCount, @CoveredScore, @CoveredScoreSquared, @Requested, @Sequence)
                ON CONFLICT DO UPDATE SET predictions = @Count, score = @Score, score_squared = @ScoreSquared, score_variance = @ScoreVariance,
                    confidence = @Confidence, covered_predictions = @CoveredCount, covered_score = @CoveredScore,
                    covered_score_squared = @CoveredScoreSquared, requested = @Requested, sequence = @Sequence
                    WHERE sequence < @Sequence
                """,
                ("@Model", series.Model),
                ("@Version", series.Version),
                ("@Segment", series.Segment),
                ("@PredictedClass", series.PredictedClass ?? AllClasses),
                ("@Window", bucket.Window.Ticks),
                ("@Start", StoredTime.Write(bucket.Start)),
                ("@Count", s.Count),
                ("@Score", s.Score),
                ("@ScoreSquared", s.ScoreSquared),
                ("@ScoreVariance", s.ScoreVariance),
                ("@Confidence", s.Confidence),
                ("@CoveredCount", s.CoveredCount),
                ("@CoveredScore", s.CoveredScore),
                ("@CoveredScoreSquared", s.CoveredScoreSquared),
                ("@Requested", s.Requested),
                ("@Sequence", before + bucket.Sequence)).ExecuteNonQuery();
        }

        BucketSequence.Used(connection, before + rows.Max(r => r.Snapshot.Sequence));

        return written;
    }

    public static IReadOnlyList<BucketRow> Since(SqliteConnection connection, ModelKey? key, DateTimeOffset since) =>
        [.. connection.Query<Stored>(
            $"""
            SELECT {Columns} FROM prediction_buckets WHERE {SqlFilter.OnModel(key?.Model, key?.Version)} AND start >= @since
            ORDER BY model, version, segment, predicted_class, "window", start
            """,
            new { model = key?.Model, version = key?.Version, since = StoredTime.Write(since) }).Select(s => s.Row())];

    /// <summary>Those that a hub has not acknowledged, the earliest change first.</summary>
    public static IEnumerable<(BucketRow Bucket, long Change)> Unreported(SqliteConnection connection, int limit) =>
        connection.Query<Stored>(
            $"SELECT {Columns}, unreported AS Unreported FROM prediction_buckets WHERE unreported IS NOT NULL ORDER BY unreported LIMIT @limit",
            new { limit }).Select(s => (s.Row(), s.Unreported));

    /// <summary>Removes the mark of a bucket, unless it has changed again.</summary>
    public static void Reported(SqliteConnection connection, BucketRow row, long change) => connection.Prepared(
        """
        UPDATE prediction_buckets SET unreported = NULL WHERE model = @Model AND version = @Version AND segment = @Segment
            AND predicted_class = @PredictedClass AND "window" = @Window AND start = @Start AND unreported = @change
        """,
        ("@Model", row.Series.Model),
        ("@Version", row.Series.Version),
        ("@Segment", row.Series.Segment),
        ("@PredictedClass", row.Series.PredictedClass ?? AllClasses),
        ("@Window", row.Snapshot.Window.Ticks),
        ("@Start", StoredTime.Write(row.Snapshot.Start)),
        ("@change", change)).ExecuteNonQuery();

    public static int Prune(SqliteConnection connection, DateTimeOffset before, int limit) => connection.Execute(
        """
        DELETE FROM prediction_buckets WHERE (model, version, segment, predicted_class, "window", start) IN
            (SELECT model, version, segment, predicted_class, "window", start FROM prediction_buckets WHERE start < @before ORDER BY start LIMIT @limit)
        """,
        new { before = StoredTime.Write(before), limit });

    private sealed class Stored
    {
        public string Model { get; set; } = "";

        public string Version { get; set; } = "";

        public string Segment { get; set; } = "";

        public long PredictedClass { get; set; }

        public long Window { get; set; }

        public long Start { get; set; }

        public long Count { get; set; }

        public double Score { get; set; }

        public double ScoreSquared { get; set; }

        public double ScoreVariance { get; set; }

        public double Confidence { get; set; }

        public long CoveredCount { get; set; }

        public double CoveredScore { get; set; }

        public double CoveredScoreSquared { get; set; }

        public long Requested { get; set; }

        public long Sequence { get; set; }

        public long Unreported { get; set; }

        public BucketRow Row() => new(
            new SeriesKey(Model, Version, Segment) { PredictedClass = PredictedClass == AllClasses ? null : (int)PredictedClass },
            new BucketSnapshot(
                TimeSpan.FromTicks(Window),
                StoredTime.Read(Start),
                new PredictionSums
                {
                    Count = Count,
                    Score = Score,
                    ScoreSquared = ScoreSquared,
                    ScoreVariance = ScoreVariance,
                    Confidence = Confidence,
                    CoveredCount = CoveredCount,
                    CoveredScore = CoveredScore,
                    CoveredScoreSquared = CoveredScoreSquared,
                    Requested = Requested,
                },
                Sequence));
    }
}
