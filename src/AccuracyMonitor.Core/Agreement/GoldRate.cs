using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>A share of answers to gold items, weighted by 1/π so that it stands for all predictions.</summary>
/// <param name="Answers">How many answers.</param>
/// <param name="Rate">Wilson interval at the effective number of answers, (Σw)²/Σw² (Kish 1965).</param>
/// <param name="StandardError">Of the rate.</param>
public sealed record GoldRate(int Answers, Interval Rate, double StandardError)
{
    /// <param name="answers">Null is returned without any.</param>
    /// <param name="counts">Those whose share is asked.</param>
    /// <param name="level">Error level of the interval, (0,1).</param>
    public static GoldRate? Of(IEnumerable<GoldAnswer> answers, Func<GoldAnswer, bool> counts, double level)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(counts);
        var number = 0;
        double all = 0, squares = 0, counted = 0;
        foreach (var answer in answers)
        {
            var weight = 1 / answer.InclusionProbability;
            number++;
            all += weight;
            squares += weight * weight;
            counted += counts(answer) ? weight : 0;
        }

        if (number == 0)
        {
            return null;
        }

        var effective = all * all / squares;
        var rate = BinomialInterval.Wilson(Math.Min(effective, counted / all * effective), effective, level);
        return new GoldRate(number, rate, Math.Sqrt(rate.Value * (1 - rate.Value) / effective));
    }
}
