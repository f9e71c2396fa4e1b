using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// SQL of opinions that a tool gives without being asked: it lets several annotators answer by itself. What is known of label errors comes from requests that
/// were drawn for a second opinion alone, so an offered one counts there only if its request was drawn.
/// </summary>
internal static class OfferedOpinions
{
    /// <summary>Numbers of opinions: the label is the first answer.</summary>
    private const int Last = 3;

    public static LabelChange Complete(SqliteConnection connection, LabelAnswer answer, DateTimeOffset now)
    {
        var (verdict, number) = Judge(connection, answer);
        return verdict.IsTaken ? Opinions.Write(connection, verdict, number, answer, now) : verdict;
    }

    /// <summary>What would become of it.</summary>
    /// <returns>With the opinion's number, where it would be taken.</returns>
    public static (LabelChange Verdict, int Number) Judge(SqliteConnection connection, LabelAnswer answer)
    {
        var problem = Labels.Problem(answer)
            ?? (string.IsNullOrEmpty(answer.PredictionId) ? "prediction_id is empty; an opinion without its lease is given by it" : null)
            ?? (string.IsNullOrEmpty(answer.LeaseId) ? null : "lease_id is not of an opinion; leave it out, or as_opinion")
            ?? (answer.Annotator.Length == 0 ? "annotator is empty; an opinion must be another annotator's than the label" : null);
        if (problem is not null)
        {
            return (new LabelChange { Outcome = LabelOutcome.Invalid, Reason = problem }, 0);
        }

        if (RequestReads.Find(connection, answer.Key, answer.PredictionId!) is not { } row)
        {
            return (Labels.NotFound(Labels.Unknown(answer.Key, answer.PredictionId!)), 0);
        }

        var given = Opinions.Of(connection, answer.Key, answer.PredictionId!);
        var own = given.FirstOrDefault(o => string.Equals(o.Annotator, answer.Annotator, StringComparison.Ordinal));
        var number = own?.Number ?? Enumerable.Range(2, Last - 1).FirstOrDefault(n => given.All(o => o.Number != n));
        return (Judge(connection, answer, row, own, isFull: number == 0), number);
    }

    private static LabelChange Judge(SqliteConnection connection, LabelAnswer answer, RequestRow row, Opinion? own, bool isFull)
    {
        if (answer.Label < 0 || answer.Label >= row.ClassCount)
        {
            return Opinions.Result(LabelOutcome.LabelOutOfRange, row, $"label is {answer.Label}, must be 0 to {row.ClassCount - 1}");
        }

        if (row.Label is null)
        {
            return Opinions.Result(LabelOutcome.Invalid, row, $"prediction '{row.PredictionId}' has no label; its first answer is the label");
        }

        if (own is not null)
        {
            return Opinions.Result(own.Label == answer.Label ? LabelOutcome.Unchanged : LabelOutcome.Replaced, row, "");
        }

        return Opinions.HasSpoken(connection, row.Id, answer.Annotator) ? Opinions.AnsweredByHimself(row, answer.Annotator)
            : isFull ? Opinions.Result(LabelOutcome.AlreadyAnswered, row, $"two others have given their opinion about prediction '{row.PredictionId}'")
            : Opinions.Result(LabelOutcome.Ok, row, "");
    }
}
