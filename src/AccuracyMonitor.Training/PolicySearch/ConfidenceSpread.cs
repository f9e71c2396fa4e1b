using AccuracyMonitor.Core;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>
/// LRBench's confidence metrics, for a monitor: over the samples whose correctness it predicted right (score at or above ½ where the
/// prediction was right, below where wrong), of the probability it gave to what came true (Wu and others 2019, "Demystifying learning rate policies", arXiv
/// 1908.06477).
/// </summary>
/// <param name="Average">AC: the mean.</param>
/// <param name="Deviation">CD: the standard deviation.</param>
/// <param name="AcrossClasses">CDAC: the standard deviation of the means over the deployed model's predicted classes; a class without such
/// a sample is left out.</param>
public sealed record ConfidenceSpread(double Average, double Deviation, double AcrossClasses)
{
    /// <param name="logits">Of the scores; length n.</param>
    /// <param name="correct">Length n.</param>
    /// <param name="classes">Predicted, 0 or more; length n.</param>
    internal static ConfidenceSpread Of(ReadOnlySpan<double> logits, ReadOnlySpan<bool> correct, ReadOnlySpan<int> classes)
    {
        var byClass = new Dictionary<int, List<double>>();
        for (var i = 0; i < logits.Length; i++)
        {
            if (logits[i] >= 0 != correct[i])
            {
                continue;
            }

            if (!byClass.TryGetValue(classes[i], out var values))
            {
                byClass[classes[i]] = values = [];
            }

            values.Add(Logistic.Sigmoid(Math.Abs(logits[i])));
        }

        var all = byClass.Values.SelectMany(v => v).ToArray();
        return all.Length == 0
            ? new ConfidenceSpread(double.NaN, double.NaN, double.NaN)
            : new ConfidenceSpread(all.Average(), StandardDeviation(all), StandardDeviation([.. byClass.Values.Select(v => v.Average())]));
    }

    /// <summary>Of the values as a whole population: divided by n.</summary>
    internal static double StandardDeviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }
}
