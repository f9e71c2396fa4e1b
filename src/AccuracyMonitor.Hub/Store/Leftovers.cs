using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>Deletes what nothing refers to any more once its days are dropped: sources, series and model versions.</summary>
internal static class Leftovers
{
    /// <summary>Beyond the retention: they are touched once a day.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(2);

    /// <returns>How many rows were deleted.</returns>
    public static async Task<int> DeleteAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (string[])
        [
            "DELETE FROM reported_models r USING sources s WHERE s.id = r.source AND s.last_seen < $1",
            """
            DELETE FROM sources s WHERE last_seen < $1 AND NOT EXISTS (SELECT FROM bucket_sums b WHERE b.source = s.id)
                AND NOT EXISTS (SELECT FROM label_requests r WHERE r.source = s.id) AND NOT EXISTS (SELECT FROM reported_models m WHERE m.source = s.id)
            """,
            "DELETE FROM series s WHERE last_seen < $1 AND NOT EXISTS (SELECT FROM bucket_sums b WHERE b.series = s.id)",
            """
            DELETE FROM model_versions m WHERE last_seen < $1 AND NOT EXISTS (SELECT FROM series s WHERE s.model_version = m.id)
                AND NOT EXISTS (SELECT FROM label_requests r WHERE r.model_version = m.id)
                AND NOT EXISTS (SELECT FROM reported_models m2 WHERE m2.model_version = m.id)
            """,
        ])
        {
#pragma warning disable CA2100 // Constants.
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { Sql.Value(before.UtcDateTime - Margin) } });
#pragma warning restore CA2100
        }

        return await batch.ExecuteNonQueryAsync(cancel);
    }
}
