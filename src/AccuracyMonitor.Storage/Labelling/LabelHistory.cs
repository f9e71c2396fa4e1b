using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL that reads the label history page by page.</summary>
internal static class LabelHistory
{
    private static readonly string OfProbabilitySample = $"r.inclusion_probability > 0 AND r.policy <> {(int)SamplingPolicy.TopUncertainty}";

    // CROSS JOIN fixes the order of the join: from the new entries to their requests, and not through all requests of the model version.
    private static readonly string LeastChanged =
        $"""
        SELECT MIN(counted.sequence)
        FROM labels entry
        CROSS JOIN label_requests r ON r.id = entry.request_id
        CROSS JOIN labels counted ON counted.sequence =
            (SELECT MAX(sequence) FROM labels WHERE request_id = entry.request_id AND sequence <= @Seen)
        WHERE entry.sequence > @Seen AND r.model = @Model AND r.version = @Version
            AND counted.label IS NOT NULL AND counted.sequence > @Settled AND counted.sequence <= @After AND {OfProbabilitySample}
        """;

    private static readonly string Following =
        $"""
        SELECT r.label_sequence AS Sequence, r.labelled_at AS LabelledAt, r.segment AS Segment, r.predicted_class AS PredictedClass, r.score AS Score,
            r.inclusion_probability AS InclusionProbability, r.monitor_version AS MonitorVersion, r.label = r.predicted_class AS Correct
        FROM label_requests r
        WHERE r.model = @Model AND r.version = @Version AND r.label IS NOT NULL AND r.label_sequence > @After AND {OfProbabilitySample}
        ORDER BY r.label_sequence LIMIT @Limit
        """;

    public static LabelHistoryPage Page(SqliteConnection connection, LabelHistoryQuery query, int database)
    {
        // A deferred transaction: all three statements see the same commit.
        using var transaction = connection.BeginTransaction(deferred: true);
        var (position, key) = (query.Position, query.Key);

        // Not MAX(sequence): retention may have deleted the last entry.
        var head = connection.ExecuteScalar<long>("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'labels'), 0)");
        var page = new LabelHistoryPage { Database = database, Head = head };
        if (position.Database != database)
        {
            return page;
        }

        var arguments = new { key.Model, key.Version, position.After, position.Seen, position.Settled, query.Limit };
        if (connection.ExecuteScalar<long?>(LeastChanged, arguments) is { } changed)
        {
            return page with { Changed = changed };
        }

        var rows = connection.Query<Row>(Following, arguments).AsList();
        return page with { Labels = [.. rows.Select(r => r.Label(key))], IsLast = rows.Count < query.Limit };
    }

    /// <summary>As Dapper fills it: SQLite's own types.</summary>
    private sealed class Row
    {
        public long Sequence { get; set; }

        public long LabelledAt { get; set; }

        public string Segment { get; set; } = "";

        public long PredictedClass { get; set; }

        public double Score { get; set; }

        public double InclusionProbability { get; set; }

        public string MonitorVersion { get; set; } = "";

        public long Correct { get; set; }

        public HistoryLabel Label(ModelKey key) => new(
            Sequence,
            StoredTime.Read(LabelledAt),
            new SeriesKey(key.Model, key.Version, Segment),
            (int)PredictedClass,
            new LabelDecision(Score, InclusionProbability, MonitorVersion),
            Correct != 0);
    }
}
