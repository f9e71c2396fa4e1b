using AccuracyMonitor.Core;
using AccuracyMonitor.Hub.Fleet;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>SQL of the label requests.</summary>
internal static class RequestWrites
{
    /// <returns>A command that keeps each request unless a later state of it is stored; null if there are no requests.</returns>
    public static NpgsqlBatchCommand? Upsert(int source, IReadOnlyList<ReportedDecision> requests, SeriesNames names)
    {
        ReportedDecision[] rows =
        [
            .. requests.Where(r => names.Of(r.Series.ModelKey) is not null).OrderBy(r => names.Of(r.Series.ModelKey))
                .ThenBy(static r => r.PredictionTime).ThenBy(static r => r.PredictionId, StringComparer.Ordinal),
        ];
        return rows.Length == 0 ? null : new NpgsqlBatchCommand(
            """
            INSERT INTO label_requests AS r (source, model_version, prediction_time, prediction_id, segment, predicted_class, class_count, score,
                disagreement, inclusion_probability, policy, uniform_sample, monitor_version, created_at, expires_at, progress, label, annotator, labelled_at,
                change)
                SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
                ON CONFLICT (model_version, prediction_time, source, prediction_id) DO UPDATE SET progress = excluded.progress, label = excluded.label,
                    annotator = excluded.annotator, labelled_at = excluded.labelled_at, change = excluded.change
                    WHERE r.change < excluded.change
            """)
        {
            Parameters =
            {
                Sql.Value(source),
                Sql.Column(rows, r => names.Of(r.Series.ModelKey)!.Value),
                Sql.Column(rows, static r => Sql.Ticks(r.PredictionTime)),
                Sql.Column(rows, static r => r.PredictionId),
                Sql.Column(rows, static r => r.Series.Segment),
                Sql.Column(rows, static r => r.PredictedClass),
                Sql.Column(rows, static r => r.ClassCount),
                Sql.Column(rows, static r => r.Score),
                Sql.Column(rows, static r => r.Disagreement),
                Sql.Column(rows, static r => r.InclusionProbability),
                Sql.Column(rows, static r => (short)r.Policy),
                Sql.Column(rows, static r => r.UniformSample),
                Sql.Column(rows, static r => r.MonitorVersion),
                Sql.Column(rows, static r => Sql.Ticks(r.CreatedAt)),
                Sql.Column(rows, static r => Sql.Ticks(r.ExpiresAt)),
                Sql.Column(rows, static r => (short)r.Progress),
                Sql.Column(rows, static r => r.Label),
                Sql.Column(rows, static r => r.Annotator),
                Sql.Column(rows, static r => r.LabelledAt?.UtcTicks),
                Sql.Column(rows, static r => r.Change),
            },
        };
    }

    /// <returns>Deletes what the source wants forgotten, unless it was requested again afterwards; null: nothing.</returns>
    public static NpgsqlBatchCommand? Forget(int source, IReadOnlyList<ForgottenReport> forgotten, SeriesNames names)
    {
        ForgottenReport[] rows = [.. forgotten.Where(f => names.Of(f.Model) is not null)];
        return rows.Length == 0 ? null : new NpgsqlBatchCommand(
            """
            DELETE FROM label_requests r USING unnest($2, $3, $4) AS f (model_version, prediction_id, change)
                WHERE r.source = $1 AND r.model_version = f.model_version AND r.prediction_id = f.prediction_id AND r.change < f.change
            """)
        {
            Parameters =
            {
                Sql.Value(source),
                Sql.Column(rows, f => names.Of(f.Model)!.Value),
                Sql.Column(rows, static f => f.PredictionId),
                Sql.Column(rows, static f => f.Change),
            },
        };
    }
}
