using AccuracyMonitor.Hub.Fleet;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>SQL of the sums.</summary>
internal static class BucketWrites
{
    /// <returns>A command that keeps each bucket unless a later state of it is stored; null if there are no buckets.</returns>
    public static NpgsqlBatchCommand? Upsert(int source, IReadOnlyList<ReportedBucket> buckets, SeriesNames names)
    {
        ReportedBucket[] rows =
        [
            .. buckets.Where(b => names.Of(b.Series) is not null).OrderBy(b => names.Of(b.Series)).ThenBy(static b => b.Place.Window)
                .ThenBy(static b => b.Place.Start),
        ];
        return rows.Length == 0 ? null : new NpgsqlBatchCommand(
            """
            INSERT INTO bucket_sums AS b (series, "window", start, source, width, change, predictions, score, score_squared, score_variance, confidence,
                covered_predictions, covered_score, covered_score_squared)
                SELECT series, "window", start, $1, width, change, predictions, score, score_squared, score_variance, confidence, covered_predictions,
                    covered_score, covered_score_squared
                FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS n (series, "window", start, width, change, predictions, score,
                    score_squared, score_variance, confidence, covered_predictions, covered_score, covered_score_squared)
                ON CONFLICT (series, "window", start, source) DO UPDATE SET width = excluded.width, change = excluded.change,
                    predictions = excluded.predictions, score = excluded.score, score_squared = excluded.score_squared,
                    score_variance = excluded.score_variance, confidence = excluded.confidence, covered_predictions = excluded.covered_predictions,
                    covered_score = excluded.covered_score, covered_score_squared = excluded.covered_score_squared
                    WHERE b.change < excluded.change
            """)
        {
            Parameters =
            {
                Sql.Value(source),
                Sql.Column(rows, r => names.Of(r.Series)!.Value),
                Sql.Column(rows, static r => r.Place.Window.Ticks),
                Sql.Column(rows, static r => Sql.Ticks(r.Place.Start)),
                Sql.Column(rows, static r => r.Place.Width.Ticks),
                Sql.Column(rows, static r => r.Change),
                Sql.Column(rows, static r => r.Sums.Count),
                Sql.Column(rows, static r => r.Sums.Score),
                Sql.Column(rows, static r => r.Sums.ScoreSquared),
                Sql.Column(rows, static r => r.Sums.ScoreVariance),
                Sql.Column(rows, static r => r.Sums.Confidence),
                Sql.Column(rows, static r => r.Sums.CoveredCount),
                Sql.Column(rows, static r => r.Sums.CoveredScore),
                Sql.Column(rows, static r => r.Sums.CoveredScoreSquared),
            },
        };
    }
}
