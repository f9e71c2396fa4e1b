using System.Globalization;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>Numbers about the queue and its labels, as text.</summary>
internal static class StatsText
{
    /// <summary>The queue in one line.</summary>
    public static string Of(QueueState s) => string.Create(
        CultureInfo.InvariantCulture,
        $"waiting {s.Waiting}, leased {s.Leased}, answered {s.Answered}, skipped {s.Skipped}, expired {s.Expired}"
            + $"{(s.OpinionsWanted > 0 ? $", opinions wanted {s.OpinionsWanted}" : "")}"
            + $"{(s.KeptApart > 0 ? $", kept apart {s.KeptApart} that nobody asked for and no estimate uses" : "")}"
            + $"{(s.OldestWaiting is { } oldest ? $", oldest waiting since {oldest.ToDateTimeOffset():yyyy-MM-dd'T'HH:mm:ss'Z'}" : "")}");

    /// <summary>How far labels can be trusted, in lines.</summary>
    public static IEnumerable<string> Of(GetLabelQualityResponse q)
    {
        var (labels, revealed) = (q.Annotators.Sum(a => (long)a.Labels), q.Annotators.Sum(a => (long)a.Revealed));
        yield return Text($"labels of the window {labels}, of these revealed {revealed}");
        yield return q.HasAgreement
            ? Text($"second opinions {q.Doubles}, agreement {q.Agreement:P1}")
                + (q.HasKappa ? Text($", Cohen's kappa {q.Kappa:0.00}") : "")
                + (q.HasAlpha ? Text($", Krippendorff's alpha {q.Alpha:0.00} ({q.AlphaLower:0.00} to {q.AlphaUpper:0.00})") : "")
            : "second opinions 0";
        if (q.HasLabelError)
        {
            yield return Text($"label error {q.LabelError:P1}")
                + (q.HasLabelErrorStandardError ? Text($", standard error {q.LabelErrorStandardError:P1}") : "")
                + Text($", by {q.DrawnDoubles} drawn second opinions");
        }

        if (q.Gold is { } gold)
        {
            yield return Text($"gold items {gold.Labels}")
                + (gold.HasError ? Text($", label error {gold.Error:P1}, standard error {gold.ErrorStandardError:P1}") : "")
                + (gold.HasErrorWhereRight ? Text($"; where the model is right {gold.WhereRight}, wrong {gold.ErrorWhereRight:P1}") : "")
                + (gold.HasFollowsWhereWrong ? Text($"; where it is wrong {gold.WhereWrong}, labels that follow it {gold.FollowsWhereWrong:P1}") : "");
            foreach (var c in gold.Confusions)
            {
                yield return Text($"gold items of class {c.TrueClass} answered {c.AnsweredClass}: {c.Answers}");
            }
        }

        if (q.NoiseCorrected is { HasValue: true } corrected)
        {
            yield return Text($"audited accuracy corrected for wrong labels {corrected.Value:P1} ({corrected.Lower:P1} to {corrected.Upper:P1})")
                + $", by {(corrected.ByGold ? "gold items" : "second opinions")}";
        }

        foreach (var a in q.Annotators)
        {
            yield return Text($"annotator {(a.Annotator.Length > 0 ? a.Annotator : "unnamed")}: labels {a.Labels}, revealed {a.Revealed}, ")
                + Text($"second opinions {a.Doubles}, disagreements {a.Disagreements}, overruled {a.Overruled}{(a.StandsOut ? ", stands out" : "")}")
                + (a.HasGoldError
                    ? Text($", gold items {a.GoldAnswers}, wrong {a.GoldError:P1}, standard error {a.GoldErrorStandardError:P1}")
                    : "");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
