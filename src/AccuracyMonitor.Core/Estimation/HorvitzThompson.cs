using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// θ̂ = (1/N)·Σ ξ·y/π (Horvitz and Thompson 1952, "A generalization of sampling without replacement from a finite universe", JASA 47):
/// unbiased, needs no monitor, and pays for the random number of labels.
/// </summary>
public static class HorvitzThompson
{
    /// <param name="predictions">N, positive: all predictions that might have been labelled.</param>
    /// <param name="labels">The labelled ones with their π.</param>
    /// <param name="alpha">Error level, (0,1).</param>
    public static Interval Estimate(long predictions, ReadOnlySpan<LabelPoint> labels, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(predictions, 1);
        var sum = 0.0;
        var squares = 0.0;
        foreach (ref readonly var label in labels)
        {
            var z = label.Correct ? 1 / label.InclusionProbability : 0;
            sum += z;
            squares += z * z;
        }

        var mean = sum / predictions;
        return NormalInterval.Around(mean, ((squares / predictions) - (mean * mean)) / predictions, alpha);
    }
}
