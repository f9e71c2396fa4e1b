using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL of what annotators have said, as their agreement is computed from it.</summary>
internal static class AgreementReads
{
    /// <summary>Annotators that are told apart.</summary>
    public const int MaxAnnotators = 200;

    /// <summary>The newest second opinions with their labels, the oldest first. A label whose annotator gave the opinion too is left out.</summary>
    public static IReadOnlyList<StoredDouble> Doubles(SqliteConnection connection, ModelKey key, int limit)
    {
        var rows = connection.Query<Row>(
            $"""
            SELECT r.label AS Label, l.annotator AS Annotator, o.label AS Other, o.annotator AS OtherAnnotator, third.label AS Third,
                r.predicted_class AS PredictedClass, r.inclusion_probability AS InclusionProbability, l.revealed IS 0 AND o.revealed IS 0 AS Blind,
                EXISTS (SELECT 1 FROM doubled_requests d WHERE d.request_id = r.id)
                    AND r.inclusion_probability > 0 AND r.policy <> {(int)SamplingPolicy.TopUncertainty} AS Drawn
            FROM opinions o CROSS JOIN label_requests r ON r.id = o.request_id
            JOIN labels l ON l.sequence = r.label_sequence
            LEFT JOIN opinions third ON third.request_id = r.id AND third.number = 3
            WHERE o.number = 2 AND o.label IS NOT NULL AND r.label IS NOT NULL AND l.annotator <> o.annotator
                AND r.model = @Model AND r.version = @Version
            ORDER BY o.sequence DESC LIMIT @limit
            """,
            new { key.Model, key.Version, limit }).AsList();
        rows.Reverse();
        return [.. rows.Select(r => r.Double())];
    }

    /// <summary>By annotator, the one with most labels first, of predictions made at or after a time.</summary>
    public static IReadOnlyList<AnnotatorLabels> ByAnnotator(SqliteConnection connection, ModelKey key, DateTimeOffset since) =>
        [.. connection.Query<(string Annotator, long Labels, long Revealed, long Blind, double? Ticks)>(
            """
            SELECT l.annotator, COUNT(*), SUM(l.revealed IS 1), SUM(l.revealed IS 0), AVG(l.answered_at - l.shown_at)
            FROM label_requests r CROSS JOIN labels l ON l.sequence = r.label_sequence
            WHERE r.model = @Model AND r.version = @Version AND r.label IS NOT NULL AND r.prediction_time >= @since
            GROUP BY l.annotator ORDER BY COUNT(*) DESC, l.annotator LIMIT @MaxAnnotators
            """,
            new { key.Model, key.Version, since = StoredTime.Write(since), MaxAnnotators })
            .Select(a => new AnnotatorLabels(a.Annotator, a.Labels, a.Revealed, a.Blind, a.Ticks is { } ticks ? TimeSpan.FromTicks((long)ticks) : null))];

    /// <summary>Of predictions made at or after a time.</summary>
    public static AnsweredAndSkipped Skips(SqliteConnection connection, ModelKey key, DateTimeOffset since)
    {
        var sums = connection.Query<(long State, long Count, double Weight)>(
            $"""
            SELECT state, COUNT(*), SUM(1 / inclusion_probability) FROM label_requests
            WHERE model = @Model AND version = @Version AND prediction_time >= @since AND inclusion_probability > 0
                AND policy <> {(int)SamplingPolicy.TopUncertainty} AND state IN ({(int)RequestState.Answered}, {(int)RequestState.Skipped})
            GROUP BY state
            """,
            new { key.Model, key.Version, since = StoredTime.Write(since) }).ToDictionary(s => (RequestState)s.State, s => (s.Count, s.Weight));
        var skipped = sums.GetValueOrDefault(RequestState.Skipped);
        return new AnsweredAndSkipped(sums.GetValueOrDefault(RequestState.Answered).Weight, skipped.Weight, skipped.Count);
    }

    /// <summary>As Dapper fills it: SQLite's own types.</summary>
    private sealed class Row
    {
        public long Label { get; set; }

        public string Annotator { get; set; } = "";

        public long Other { get; set; }

        public string OtherAnnotator { get; set; } = "";

        public long? Third { get; set; }

        public long PredictedClass { get; set; }

        public double InclusionProbability { get; set; }

        public long Blind { get; set; }

        public long Drawn { get; set; }

        public StoredDouble Double() => new(
            new DoubleLabel(new Vote(Annotator, (int)Label), new Vote(OtherAnnotator, (int)Other), (int)PredictedClass, InclusionProbability),
            (int?)Third,
            Blind != 0,
            Drawn != 0);
    }
}
