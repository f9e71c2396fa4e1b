using AccuracyMonitor.Hub.Fleet;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>SQL of what sources say of their models.</summary>
internal static class ModelWrites
{
    /// <returns>Null if there is nothing to keep.</returns>
    public static NpgsqlBatchCommand? Upsert(int source, IReadOnlyList<ReportedMonitor> models, SeriesNames names)
    {
        ReportedMonitor[] rows = [.. models.Where(m => names.Of(m.Model) is not null).OrderBy(m => names.Of(m.Model))];
        return rows.Length == 0 ? null : new NpgsqlBatchCommand(
            """
            INSERT INTO reported_models AS m (source, model_version, class_count, monitor_version, monitor_valid, mean_score_standard_error, change)
                SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7)
                ON CONFLICT (model_version, source) DO UPDATE SET class_count = excluded.class_count, monitor_version = excluded.monitor_version,
                    monitor_valid = excluded.monitor_valid, mean_score_standard_error = excluded.mean_score_standard_error, change = excluded.change,
                    reported_at = now()
                    WHERE m.change <= excluded.change
            """)
        {
            Parameters =
            {
                Sql.Value(source),
                Sql.Column(rows, m => names.Of(m.Model)!.Value),
                Sql.Column(rows, static m => m.ClassCount),
                Sql.Column(rows, static m => m.MonitorVersion),
                Sql.Column(rows, static m => m.MonitorValid),
                Sql.Column(rows, static m => m.MeanScoreStandardError),
                Sql.Column(rows, static m => m.Change),
            },
        };
    }
}
