using AccuracyMonitor.Storage.Truth;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// Truth of predictions that were not chosen for labelling, where it comes for every prediction. It completes the realized estimate, and nothing else hears
/// of it: the audited estimate weighs labels by the probability with which their predictions were chosen.
/// </summary>
internal static class TruthAnswers
{
    public static LabelChange Take(SqliteConnection connection, LabelAnswer answer)
    {
        var verdict = Judge(connection, answer);
        if (verdict.Outcome == LabelOutcome.KeptApart)
        {
            PredictionMemory.SetTruth(connection, answer.Key, answer.PredictionId!, answer.Label);
        }

        return verdict;
    }

    /// <summary>What would become of it.</summary>
    public static LabelChange Judge(SqliteConnection connection, LabelAnswer answer)
    {
        var prediction = $"prediction '{answer.PredictionId}' of {answer.Key}";
        return PredictionMemory.Find(connection, answer.Key, answer.PredictionId!) switch
        {
            null => Change(LabelOutcome.NotFound, $"{prediction} was not chosen for labelling, and is not remembered (Truth:Remember), not yet or no longer"),
            var known when answer.Label >= known.ClassCount =>
                Change(LabelOutcome.LabelOutOfRange, $"label is {answer.Label}, must be 0 to {known.ClassCount - 1}"),
            var known when known.Truth == answer.Label => Change(LabelOutcome.Unchanged, ""),
            _ => Change(LabelOutcome.KeptApart, $"no label was requested for {prediction}: its truth counts in the realized estimate alone"),
        };
    }

    private static LabelChange Change(LabelOutcome outcome, string reason) => new() { Outcome = outcome, Reason = reason };
}
