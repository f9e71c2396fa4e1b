using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>
/// How often a label is wrong, from requests that two annotators answered: two that err independently, equally often and into any other class alike disagree
/// with d = 1 − (1−e)² − e²/(K−1), which is solved for e. What both get wrong in the same way stays invisible, so e is a lower bound.
/// </summary>
/// <param name="Value">e, [0,1).</param>
/// <param name="StandardError">Of e. NaN where d is not below that of answers by chance.</param>
/// <param name="Disagreement">d, weighted by 1/π so that it stands for all predictions, with its Wilson interval.</param>
/// <param name="Doubles">Requests with two answers.</param>
/// <param name="EffectiveDoubles">(Σw)²/Σw²: as many of equal weight would scatter alike (Kish 1965).</param>
/// <param name="Classes">K, at least 2.</param>
public sealed record LabelError(double Value, double StandardError, Interval Disagreement, int Doubles, double EffectiveDoubles, int Classes)
{
    /// <param name="doubles">At least one.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <param name="level">Error level of the interval of d, (0,1).</param>
    public static LabelError Of(IReadOnlyCollection<DoubleLabel> doubles, int classes, double level)
    {
        ArgumentNullException.ThrowIfNull(doubles);
        ArgumentOutOfRangeException.ThrowIfLessThan(doubles.Count, 1, nameof(doubles));
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        double all = 0, squares = 0, differing = 0;
        foreach (var each in doubles)
        {
            var weight = 1 / each.InclusionProbability;
            all += weight;
            squares += weight * weight;
            differing += each.Agrees ? 0 : weight;
        }

        var effective = all * all / squares;
        var disagreement = BinomialInterval.Wilson(Math.Min(effective, differing / all * effective), effective, level);
        var d = disagreement.Value;
        var agreement = ChanceCorrected(d, classes);
        var error = (1 - agreement) * (classes - 1) / classes;
        return new LabelError(
            error,
            agreement > 0 ? Math.Sqrt(d * (1 - d) / effective) / (2 * agreement) : double.NaN,
            disagreement,
            doubles.Count,
            effective,
            classes);
    }

    /// <summary>√(1 − d·K/(K−1)) = 1 − e·K/(K−1): how far an annotator's answers are from chance; 0 where they disagree as often as by chance.</summary>
    internal static double ChanceCorrected(double disagreement, int classes) =>
        Math.Sqrt(Math.Max(0, 1 - (disagreement * classes / (classes - 1))));
}
