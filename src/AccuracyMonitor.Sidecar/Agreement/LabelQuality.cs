using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Agreement;

/// <summary>What second opinions and gold items say about the labels of a model version.</summary>
internal sealed record LabelQuality
{
    /// <summary>Newest second opinions that are read.</summary>
    public const int MaxDoubles = 10_000;

    /// <summary>Newest answers to gold items that are read.</summary>
    public const int MaxGoldAnswers = 10_000;

    /// <summary>Probability that any annotator ever stands out without reason, for one model version.</summary>
    public const double FalseAlarms = 0.01;

    private const int Resamples = 500;
    private const int Seed = 1;

    /// <summary>Labels with a second opinion.</summary>
    public required int Doubles { get; init; }

    /// <summary>Share of the doubles that agree; null without doubles.</summary>
    public required double? Agreement { get; init; }

    public required double? Kappa { get; init; }

    public required Interval? Alpha { get; init; }

    /// <summary>Of the doubles that were drawn before any answer: of the others, who offered them chose the requests. Null without such doubles.</summary>
    public required LabelError? Error { get; init; }

    /// <summary>Share of the drawn doubles that are not known to be blind, [0,1]; NaN without drawn doubles.</summary>
    public required double NotBlind { get; init; }

    /// <summary>Disagreements of each annotator, from the drawn doubles.</summary>
    public required IReadOnlyList<AnnotatorDisagreement> Annotators { get; init; }

    /// <summary>By annotator: disagreements in which the third opinion took the other's side.</summary>
    public required IReadOnlyDictionary<string, int> Overruled { get; init; }

    public required GoldQuality Gold { get; init; }

    /// <summary>Annotators who disagree beyond chance.</summary>
    public int StandingOut => Annotators.Count(a => a.StandsOut);

    /// <param name="doubles">The oldest first.</param>
    /// <param name="gold">Answers to gold items.</param>
    /// <param name="classes">K.</param>
    /// <param name="level">Error level of the intervals, that of the estimates.</param>
    public static LabelQuality Of(IReadOnlyList<StoredDouble> doubles, IReadOnlyList<GoldAnswer> gold, int classes, double level)
    {
        DoubleLabel[] labels = [.. doubles.Select(d => d.Labels)];
        StoredDouble[] drawn = [.. doubles.Where(d => d.IsDrawn)];
        DoubleLabel[] drawnLabels = [.. drawn.Select(d => d.Labels)];
        return new LabelQuality
        {
            Doubles = labels.Length,
            Agreement = labels.Length == 0 ? null : labels.Count(d => d.Agrees) / (double)labels.Length,
            Kappa = Core.Agreement.Kappa.Of(labels),
            Alpha = NominalAlpha.Bootstrap(labels.Select(d => (int[])[d.First.Class, d.Second.Class]), level, Resamples, Seed),
            Error = drawn.Length == 0 ? null : LabelError.Of(drawnLabels, classes, level),
            NotBlind = drawn.Length == 0 ? double.NaN : drawn.Count(d => !d.IsBlind) / (double)drawn.Length,
            Annotators = AnnotatorDisagreement.Of(drawnLabels, FalseAlarms),
            Overruled = doubles.Where(d => !d.Labels.Agrees && d.Third is not null).SelectMany(AgainstWhom)
                .CountBy(a => a, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
            Gold = GoldQuality.Of(gold, level),
        };
    }

    /// <summary>Corrects an estimate for the label error: by gold items where there are enough, because they assume less, else by second opinions.</summary>
    public CorrectedAccuracy Correct(AccuracyEstimate estimate)
    {
        var measured = new Interval(estimate.Value, estimate.Lower, estimate.Upper);
        return NoiseCorrection.ByGold(measured, Gold)
            ?? (Error is null ? NoiseCorrection.WithoutDoubles : NoiseCorrection.Correct(measured, Error, NotBlind));
    }

    /// <summary>Of the two who disagree, him whose class the third did not name. Nobody, when the third named another class.</summary>
    private static IEnumerable<string> AgainstWhom(StoredDouble d)
    {
        if (d.Third == d.Labels.First.Class)
        {
            yield return d.Labels.Second.Annotator;
        }
        else if (d.Third == d.Labels.Second.Class)
        {
            yield return d.Labels.First.Annotator;
        }
    }
}
