using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// Entries of the audit trail about labels: one for each model version that a call changed, with counts. The table <c>labels</c> has each label. A reason of
/// a skip is not repeated here: it is free text about a prediction, which can be forgotten.
/// </summary>
internal static class LabelAudit
{
    public static void Completed(SqliteConnection connection, LabelAnswer[] answers, LabelChange[] changes, Origin origin)
    {
        foreach (var ofModel in answers.Zip(changes).Where(c => c.Second.IsTaken).GroupBy(c => KeyOf(c.Second.Request!)))
        {
            var (labels, opinions) = (ofModel.Count(c => c.Second.Changed), ofModel.Count(c => c.Second.IsOpinion));
            var replaced = ofModel.Count(c => c.Second is { Changed: true, Outcome: LabelOutcome.Replaced });
            var revealed = ofModel.Count(c => c.Second.IsRevealed);
            AuditTrail.Append(
                connection, origin, AuditAction.LabelsCompleted, ofModel.Key,
                $"{labels - replaced} given, {replaced} replaced{Some(opinions, "opinions")}{Some(revealed, "revealed")}; "
                + $"annotators: {Names(ofModel.Select(c => c.First.Annotator))}{Tools(ofModel.Select(c => c.First.Conditions.Tool))}");
        }

        foreach (var apart in answers.Zip(changes).Where(c => c.Second.Outcome == LabelOutcome.KeptApart).GroupBy(c => c.First.Key))
        {
            AuditTrail.Append(
                connection, origin, AuditAction.LabelsCompleted, apart.Key,
                $"{apart.Count()} kept apart; annotators: {Names(apart.Select(c => c.First.Annotator))}{Tools(apart.Select(c => c.First.Conditions.Tool))}");
        }
    }

    public static void Retracted(
        SqliteConnection connection, (ModelKey Key, string PredictionId)[] predictions, LabelChange[] changes, string annotator, Origin origin)
    {
        foreach (var ofModel in changes.Where(c => c.IsTaken).GroupBy(c => KeyOf(c.Request!)))
        {
            AuditTrail.Append(connection, origin, AuditAction.LabelsRetracted, ofModel.Key, $"{Retracted(ofModel)}; annotator: {annotator}");
        }

        foreach (var (key, count) in predictions.Zip(changes).Where(c => c.Second.Outcome == LabelOutcome.KeptApart).CountBy(c => c.First.Key))
        {
            AuditTrail.Append(connection, origin, AuditAction.LabelsRetracted, key, $"{count} kept apart; annotator: {annotator}");
        }
    }

    /// <param name="apart">The model version of each deleted label that was kept apart.</param>
    public static void RetractedBy(SqliteConnection connection, LabelChange[] changes, ModelKey[] apart, AnnotatorQuery query, Origin origin)
    {
        var ofModels = changes.ToLookup(c => KeyOf(c.Request!));
        foreach (var key in ofModels.Select(c => c.Key).Union(apart))
        {
            AuditTrail.Append(
                connection, origin, AuditAction.AnnotatorRetracted, key,
                $"{Retracted(ofModels[key])}{Some(apart.Count(k => k == key), "kept apart")} "
                + $"that were given since {query.Since.UtcDateTime:O} by annotator {query.Annotator}");
        }
    }

    public static void Skipped(SqliteConnection connection, ItemResult[] results, Origin origin)
    {
        foreach (var ofModel in results.Where(r => r.Outcome == LabelOutcome.Ok).GroupBy(r => KeyOf(r.Request!)))
        {
            AuditTrail.Append(connection, origin, AuditAction.LabelsSkipped, ofModel.Key, $"{ofModel.Count()} skipped");
        }
    }

    private static string Retracted(IEnumerable<LabelChange> changes) =>
        $"{changes.Count(c => c.Changed)} retracted{Some(changes.Count(c => c.IsOpinion), "opinions")}";

    private static string Some(int count, string of) => count > 0 ? $", {count} {of}" : "";

    private static string Tools(IEnumerable<string> tools) => Names(tools.Where(t => t.Length > 0)) is { Length: > 0 } names ? $"; tools: {names}" : "";

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static ModelKey KeyOf(RequestSummary request) => request.Series.ModelKey;
}
