using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>Whether a noise-corrected accuracy has a value, or why not.</summary>
public enum CorrectionState
{
    Ok = 1,

    /// <summary>There is no accuracy to correct.</summary>
    NoEstimate = 2,

    /// <summary>Fewer second opinions than <see cref="NoiseCorrection.MinDoubles"/>, and too few gold labels.</summary>
    TooFewDoubles = 3,

    /// <summary>Too many annotators saw the model's answer, or it is not known whether they did. How often a wrong label then follows the model, second
    /// opinions cannot tell; gold labels can.</summary>
    NotBlind = 4,

    /// <summary>1 − e₁ − c is below <see cref="NoiseCorrection.MinIdentified"/>: the labels say too little about the model.</summary>
    NotIdentified = 5,
}

/// <summary>The accuracy corrected for wrong labels.</summary>
/// <param name="State">The interval is valid only with <see cref="CorrectionState.Ok"/>; otherwise it is NaN.</param>
/// <param name="Accuracy">With an interval that holds the uncertainty of the label error too.</param>
/// <param name="Identified">1 − e₁ − c; NaN when it was not computed.</param>
public sealed record CorrectedAccuracy(CorrectionState State, Interval Accuracy, double Identified)
{
    internal static CorrectedAccuracy Without(CorrectionState state, double identified = double.NaN) =>
        new(state, new Interval(double.NaN, double.NaN, double.NaN), identified);
}

/// <summary>
/// Accuracy A from M = P(label = prediction) = A(1−e₁) + (1−A)c, where e₁ = P(label wrong | model right) and c = P(label = prediction | model wrong):
/// A = (M−c)/(1−e₁−c) (Rogan and Gladen 1978, "Estimating prevalence from the results of a screening test").
/// </summary>
/// <remarks>
/// A is monotone in each estimated quantity, so the interval adds the squares of the changes that each one's own interval makes (Zou and Donner 2008,
/// "Construction of confidence limits about effect measures"). That is the delta method to first order, and holds near 0 and 1, where that does not. M and the
/// label error share labels; their correlation makes the true scatter smaller, and is not used.
/// </remarks>
public static class NoiseCorrection
{
    /// <summary>Second opinions that a label error is estimated from.</summary>
    public const int MinDoubles = 100;

    /// <summary>Gold labels of each of the two kinds.</summary>
    public const int MinGold = 30;

    /// <summary>Least 1 − e₁ − c.</summary>
    public const double MinIdentified = 0.5;

    /// <summary>Greatest share of second opinions or labels that were not given blind, for the correction from second opinions.</summary>
    public const double MaxRevealed = 0.05;

    /// <summary>
    /// By second opinions. Assumes that annotators err independently of each other and of the model, and into any other class alike: e₁ = e and c = e/(K−1).
    /// </summary>
    /// <param name="measured">M with its interval: the audited or labelled estimate.</param>
    /// <param name="error">From the second opinions, at the level of <paramref name="measured"/>.</param>
    /// <param name="revealed">Share of labels that were given with the model's answer in view, or for which this is not known, [0,1].</param>
    public static CorrectedAccuracy ByDoubles(Interval measured, LabelError error, double revealed)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error.Doubles < MinDoubles)
        {
            return CorrectedAccuracy.Without(CorrectionState.TooFewDoubles);
        }

        if (!(revealed <= MaxRevealed))
        {
            return CorrectedAccuracy.Without(CorrectionState.NotBlind);
        }

        var identified = LabelError.ChanceCorrected(error.Disagreement.Value, error.Classes);
        return Correct(measured, identified, Accuracy, [error.Disagreement]);

        // The same as (M−c)/(1−e₁−c) with the error rates above.
        double Accuracy(double m, double[] d)
        {
            var chance = 1.0 / error.Classes;
            return chance + ((m - chance) / LabelError.ChanceCorrected(d[0], error.Classes));
        }
    }

    /// <summary>By gold labels, which also show how often a wrong label follows the model.</summary>
    /// <param name="measured">As above.</param>
    /// <param name="gold">Labels against the truth.</param>
    /// <param name="level">Error level of <paramref name="measured"/>.</param>
    public static CorrectedAccuracy ByGold(Interval measured, GoldLabels gold, double level)
    {
        if (gold.ModelRight < MinGold || gold.ModelWrong < MinGold)
        {
            return CorrectedAccuracy.Without(CorrectionState.TooFewDoubles);
        }

        var wrong = BinomialInterval.Wilson(gold.LabelWrong, gold.ModelRight, level);
        var asModel = BinomialInterval.Wilson(gold.LabelAsModel, gold.ModelWrong, level);
        return Correct(
            measured, 1 - wrong.Value - asModel.Value, static (m, rates) => (m - rates[1]) / Math.Max(0, 1 - rates[0] - rates[1]), [wrong, asModel]);
    }

    private static CorrectedAccuracy Correct(Interval measured, double identified, Func<double, double[], double> accuracy, Interval[] rates)
    {
        if (double.IsNaN(measured.Value))
        {
            return CorrectedAccuracy.Without(CorrectionState.NoEstimate);
        }

        if (identified < MinIdentified)
        {
            return CorrectedAccuracy.Without(CorrectionState.NotIdentified, identified);
        }

        double[] at = [.. rates.Select(r => r.Value)];
        var centre = accuracy(measured.Value, at);
        var (below, above) = Changes(centre, accuracy(measured.Lower, at), accuracy(measured.Upper, at));
        var (squaresBelow, squaresAbove) = (below * below, above * above);
        for (var i = 0; i < rates.Length; i++)
        {
            (below, above) = Changes(centre, accuracy(measured.Value, With(i, rates[i].Lower)), accuracy(measured.Value, With(i, rates[i].Upper)));
            squaresBelow += below * below;
            squaresAbove += above * above;
        }

        var value = Math.Clamp(centre, 0, 1);
        var interval = new Interval(
            value, Math.Clamp(centre - Math.Sqrt(squaresBelow), 0, value), Math.Clamp(centre + Math.Sqrt(squaresAbove), value, 1));
        return new CorrectedAccuracy(CorrectionState.Ok, interval, identified);

        double[] With(int index, double rate)
        {
            double[] changed = [.. at];
            changed[index] = rate;
            return changed;
        }
    }

    /// <summary>How far the accuracy falls and rises between the two ends of a quantity's interval; neither is negative.</summary>
    private static (double Below, double Above) Changes(double centre, double one, double other)
    {
        // A quantity at its chance level divides by zero: then nothing is known on that side.
        var low = double.IsNaN(one) || double.IsNaN(other) ? double.NegativeInfinity : Math.Min(one, other);
        var high = double.IsNaN(one) || double.IsNaN(other) ? double.PositiveInfinity : Math.Max(one, other);
        return (Math.Max(0, centre - low), Math.Max(0, high - centre));
    }
}
