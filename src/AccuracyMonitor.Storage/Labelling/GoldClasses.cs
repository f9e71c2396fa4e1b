using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Naming;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL of gold items. They are requests like any other: nothing here changes one, or what is handed out.</summary>
internal static class GoldClasses
{
    public static ItemResult[] Set(SqliteConnection connection, GoldClass[] items, Origin origin)
    {
        var results = Array.ConvertAll(items, item => Set(connection, item, origin));
        foreach (var ofModel in items.Zip(results).Where(r => r.Second.Outcome is LabelOutcome.Ok or LabelOutcome.Replaced).GroupBy(r => r.First.Key))
        {
            var removed = ofModel.Count(r => r.First.Class is null);
            AuditTrail.Append(connection, origin, AuditAction.GoldSet, ofModel.Key, $"{ofModel.Count() - removed} set, {removed} removed");
        }

        return results;
    }

    /// <summary>What would become of it; nothing is kept.</summary>
    /// <param name="by">Subject of who gives it.</param>
    public static ItemResult Check(SqliteConnection connection, GoldClass item, string by) => Judge(connection, item, by).Result;

    /// <summary>The newest labels and opinions about gold items, the oldest first. Requests without a π are left out: they stand for no others.</summary>
    public static IReadOnlyList<GoldAnswer> Answers(SqliteConnection connection, ModelKey key, int limit)
    {
        var rows = connection.Query<Row>(
            $"""
            SELECT g.class AS TrueClass, r.predicted_class AS PredictedClass, r.inclusion_probability AS InclusionProbability, answer.*
            FROM gold_classes g CROSS JOIN label_requests r ON r.id = g.request_id JOIN (
                SELECT request_id, label AS Class, annotator AS Annotator, 1 AS IsLabel, labelled_at AS At, sequence AS Sequence FROM labels
                UNION ALL
                SELECT request_id, label, annotator, 0, given_at, sequence FROM opinions) answer ON answer.request_id = r.id
            WHERE r.model = @Model AND r.version = @Version AND r.inclusion_probability > 0 AND r.policy <> {(int)SamplingPolicy.TopUncertainty}
                AND answer.Class IS NOT NULL AND (answer.IsLabel = 0 OR answer.Sequence = r.label_sequence)
            ORDER BY answer.At DESC, answer.Sequence DESC LIMIT @limit
            """,
            new { key.Model, key.Version, limit }).AsList();
        rows.Reverse();
        return [.. rows.Select(r => r.Answer())];
    }

    private static ItemResult Set(SqliteConnection connection, GoldClass item, Origin origin)
    {
        var (result, id) = Judge(connection, item, origin.By.Subject);
        if (result.Outcome is LabelOutcome.Ok or LabelOutcome.Replaced)
        {
            connection.Execute(
                item.Class is null
                    ? "DELETE FROM gold_classes WHERE request_id = @id"
                    : """
                    INSERT INTO gold_classes (request_id, class, given_at, class_names_version) VALUES (@id, @Class, @at, @ClassNamesVersion)
                    ON CONFLICT (request_id) DO UPDATE SET class = excluded.class, given_at = excluded.given_at,
                        class_names_version = excluded.class_names_version
                    """,
                new
                {
                    id,
                    item.Class,
                    at = StoredTime.Write(origin.At),
                    item.ClassNamesVersion,
                });
        }

        return result;
    }

    /// <returns>With the number of the request, where there is one.</returns>
    private static (ItemResult Result, long Id) Judge(SqliteConnection connection, GoldClass item, string by)
    {
        var named = PredictionNames.Find(connection, item.Key, item.PredictionId, by);
        if (named.Problem.Length > 0)
        {
            return (new ItemResult { Outcome = LabelOutcome.Invalid, Reason = named.Problem }, 0);
        }

        if (RequestReads.Find(connection, item.Key, named.Id) is not { } row)
        {
            return (new ItemResult { Outcome = LabelOutcome.NotFound, Reason = Labels.Unknown(item.Key, named.Id) }, 0);
        }

        if (item.Class is < 0 || item.Class >= row.ClassCount)
        {
            return Result(LabelOutcome.LabelOutOfRange, $"label is {item.Class}, must be 0 to {row.ClassCount - 1}");
        }

        var known = connection.QuerySingleOrDefault<long?>("SELECT class FROM gold_classes WHERE request_id = @Id", new { row.Id });
        return Result(known == item.Class ? LabelOutcome.Unchanged : known is null || item.Class is null ? LabelOutcome.Ok : LabelOutcome.Replaced, "");

        (ItemResult, long) Result(LabelOutcome outcome, string reason) =>
            (new ItemResult { Outcome = outcome, Request = row.Summary(), PreviousState = row.RequestState, Reason = reason }, row.Id);
    }

    /// <summary>As Dapper fills it: SQLite's own types.</summary>
    private sealed class Row
    {
        public long TrueClass { get; set; }

        public long PredictedClass { get; set; }

        public double InclusionProbability { get; set; }

        public long Class { get; set; }

        public string Annotator { get; set; } = "";

        public long IsLabel { get; set; }

        public GoldAnswer Answer() => new(new Vote(Annotator, (int)Class), (int)TrueClass, (int)PredictedClass, InclusionProbability, IsLabel != 0);
    }
}
