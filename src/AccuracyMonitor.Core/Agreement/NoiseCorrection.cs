using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>Whether a noise-corrected accuracy has a value, or why not.</summary>
public enum CorrectionState
{
    Ok = 1,

    /// <summary>There is no accuracy to correct.</summary>
    NoEstimate = 2,

    /// <summary>Fewer second opinions than <see cref="NoiseCorrection.MinDoubles"/>, and too few gold items.</summary>
    TooFewDoubles = 3,

    /// <summary>Too many annotators saw the model's answer, or it is not known whether they did. How often a wrong label then follows the model, second
    /// opinions cannot tell.</summary>
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
    /// <summary>By gold items; otherwise by second opinions.</summary>
    public bool IsByGold { get; init; }

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

    /// <summary>Least 1 − e₁ − c.</summary>
    public const double MinIdentified = 0.5;

    /// <summary>Greatest share of doubles that are not known to be blind.</summary>
    public const double MaxNotBlind = 0.05;

    /// <summary>Labels of gold items from which e₁ is estimated: the model is right about them.</summary>
    public const int MinGoldWhereRight = 50;

    /// <summary>Labels of gold items from which c is estimated: the model is wrong about them.</summary>
    public const int MinGoldWhereWrong = 30;

    public static CorrectedAccuracy WithoutDoubles { get; } = CorrectedAccuracy.Without(CorrectionState.TooFewDoubles);

    /// <summary>
    /// By second opinions. Assumes that annotators err independently of each other and of the model, and into any other class alike: e₁ = e and c = e/(K−1).
    /// </summary>
    /// <param name="measured">M with its interval: the audited or labelled estimate.</param>
    /// <param name="error">From the second opinions, at the level of <paramref name="measured"/>.</param>
    /// <param name="notBlind">Share of doubles with an answer that was given with the model's answer in view, or of which this is not known, [0,1].</param>
    public static CorrectedAccuracy Correct(Interval measured, LabelError error, double notBlind)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error.Doubles < MinDoubles)
        {
            return WithoutDoubles;
        }

        if (!(notBlind <= MaxNotBlind))
        {
            return CorrectedAccuracy.Without(CorrectionState.NotBlind);
        }

        if (double.IsNaN(measured.Value))
        {
            return CorrectedAccuracy.Without(CorrectionState.NoEstimate);
        }

        var identified = LabelError.ChanceCorrected(error.Disagreement.Value, error.Classes);
        if (identified < MinIdentified)
        {
            return CorrectedAccuracy.Without(CorrectionState.NotIdentified, identified);
        }

        var (m, d) = (measured, error.Disagreement);
        var centre = Accuracy(m.Value, d.Value);
        return Corrected(
            centre,
            identified,
            Changes(centre, Accuracy(m.Lower, d.Value), Accuracy(m.Upper, d.Value)),
            Changes(centre, Accuracy(m.Value, d.Lower), Accuracy(m.Value, d.Upper)));

        // The same as (M−c)/(1−e₁−c) with the error rates above.
        double Accuracy(double measured, double disagreement)
        {
            var chance = 1.0 / error.Classes;
            return chance + ((measured - chance) / LabelError.ChanceCorrected(disagreement, error.Classes));
        }
    }

    /// <summary>
    /// By gold items, which show e₁ and c themselves: annotators may err together, may follow the model, and may confuse classes as they like. Assumes that the
    /// gold items were chosen regardless of what annotators answer.
    /// </summary>
    /// <param name="measured">As in <see cref="Correct"/>.</param>
    /// <param name="gold">At the level of <paramref name="measured"/>.</param>
    /// <returns>Null: fewer labels of gold items than <see cref="MinGoldWhereRight"/> or <see cref="MinGoldWhereWrong"/>.</returns>
    public static CorrectedAccuracy? ByGold(Interval measured, GoldQuality gold)
    {
        ArgumentNullException.ThrowIfNull(gold);
        if (gold is not { WhereRight: { Answers: >= MinGoldWhereRight } right, WhereWrong: { Answers: >= MinGoldWhereWrong } wrong })
        {
            return null;
        }

        if (double.IsNaN(measured.Value))
        {
            return CorrectedAccuracy.Without(CorrectionState.NoEstimate) with { IsByGold = true };
        }

        var (m, e, c) = (measured, right.Rate, wrong.Rate);
        var identified = 1 - e.Value - c.Value;
        if (identified < MinIdentified)
        {
            return CorrectedAccuracy.Without(CorrectionState.NotIdentified, identified) with { IsByGold = true };
        }

        var centre = Accuracy(m.Value, e.Value, c.Value);
        return Corrected(
            centre,
            identified,
            Changes(centre, Accuracy(m.Lower, e.Value, c.Value), Accuracy(m.Upper, e.Value, c.Value)),
            Changes(centre, Accuracy(m.Value, e.Lower, c.Value), Accuracy(m.Value, e.Upper, c.Value)),
            Changes(centre, Accuracy(m.Value, e.Value, c.Lower), Accuracy(m.Value, e.Value, c.Upper))) with
        { IsByGold = true };

        // Nothing is known where the labels say nothing about the model.
        static double Accuracy(double measured, double error, double follows) =>
            1 - error - follows is > 0 and var identified ? (measured - follows) / identified : double.NaN;
    }

    private static CorrectedAccuracy Corrected(double centre, double identified, params ReadOnlySpan<(double Below, double Above)> changes)
    {
        double below = 0, above = 0;
        foreach (var change in changes)
        {
            (below, above) = (double.Hypot(below, change.Below), double.Hypot(above, change.Above));
        }

        var value = Math.Clamp(centre, 0, 1);
        var interval = new Interval(value, Math.Clamp(centre - below, 0, value), Math.Clamp(centre + above, value, 1));
        return new CorrectedAccuracy(CorrectionState.Ok, interval, identified);
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
