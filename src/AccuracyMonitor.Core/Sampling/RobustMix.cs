using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Chooses τ, the share of the budget that is spent uniformly, by what labels show of the monitor's errors (after Li and others 2025, "Robust
/// sampling for active statistical inference", NeurIPS, arXiv 2511.08991: the member of a path from active to uniform with the least estimated
/// variance).
/// </summary>
/// <remarks>
/// A label's squared residual e² adds w·e²/(τ + (1−τ)·u/ū) to the variance that τ would have given. Few residuals carry that sum, so another τ
/// than the usual one is taken only where it is better by half a standard error of the difference: a monitor that misses errors it is sure of
/// drives the choice to uniform, one that knows them to few uniform labels.
/// </remarks>
public static class RobustMix
{
    /// <summary>The τ there is a choice of, and the floor of every inclusion probability in units of the budget.</summary>
    public static IReadOnlyList<double> Choices { get; } = [0.25, 0.35, Usual, 0.7, 1];

    /// <summary>τ where nothing speaks for another.</summary>
    public const double Usual = 0.5;

    /// <summary>Fewer labels change nothing.</summary>
    public const int MinLabels = 20;

    private const double Caution = 0.5;

    /// <param name="labels">Labels with the score of the monitor that is to choose, given by a fit that did not see them, and their π.</param>
    /// <param name="floor">Least uncertainty a prediction counts with, (0,0.5].</param>
    /// <param name="usual">τ where nothing speaks for another, (0,1].</param>
    /// <returns>One of <see cref="Choices"/>, or <paramref name="usual"/>.</returns>
    public static double Choose(IReadOnlyList<LabelPoint> labels, double floor, double usual = Usual)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Require.That(floor is > 0 and <= 0.5, floor, "above 0 and at most 0.5", nameof(floor));
        if (labels.Count < MinLabels)
        {
            return usual;
        }

        double weight = 0, residual = 0, uncertainty = 0;
        foreach (var label in labels)
        {
            var w = 1 / label.InclusionProbability;
            weight += w;
            residual += w * Residual(label);
            uncertainty += w * Uncertainty(label.Score, floor);
        }

        var (centre, mean) = (residual / weight, uncertainty / weight);
        var (best, least) = (usual, 0.0);
        foreach (var tau in Choices)
        {
            double sum = 0, squares = 0;
            foreach (var label in labels)
            {
                var e = Residual(label) - centre;
                var relative = Uncertainty(label.Score, floor) / mean;
                var change = e * e / label.InclusionProbability * ((1 / (tau + ((1 - tau) * relative))) - (1 / (usual + ((1 - usual) * relative))));
                sum += change;
                squares += change * change;
            }

            var cautious = sum + (Caution * Math.Sqrt(Math.Max(0, squares - (sum * sum / labels.Count))));
            if (cautious < least)
            {
                (best, least) = (tau, cautious);
            }
        }

        return best;
    }

    private static double Residual(in LabelPoint label) => (label.Correct ? 1 : 0) - label.Score;

    private static double Uncertainty(double score, double floor) => Math.Max(floor, Math.Sqrt(Math.Max(0, score * (1 - score))));
}
