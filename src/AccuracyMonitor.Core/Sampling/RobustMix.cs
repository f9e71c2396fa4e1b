using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Chooses the uniform share (τ) of the budget from the monitor's errors on labels (after Li and others 2025, "Robust sampling for active
/// statistical inference", NeurIPS, arXiv 2511.08991: choose the member with the smallest estimated variance on a path from active to
/// uniform sampling).
/// </summary>
/// <remarks>
/// The squared residual e² of a label adds w·e²/(τ + (1−τ)·u/ū) to the variance for a given τ. Few residuals dominate that sum, so another
/// τ than the usual one is chosen only if it is better by half a standard error of the difference. A monitor with confident errors moves
/// the choice towards uniform sampling; a monitor whose errors are where it is uncertain moves it towards a small uniform share.
/// </remarks>
public static class RobustMix
{
    /// <summary>The candidate shares. The smallest one times the budget is the lower bound of every inclusion probability.</summary>
    public static IReadOnlyList<double> Choices { get; } = [0.25, 0.35, Usual, 0.7, 1];

    /// <summary>Default share.</summary>
    public const double Usual = 0.5;

    /// <summary>With fewer labels the usual share is kept.</summary>
    public const int MinLabels = 20;

    private const double Caution = 0.5;

    /// <param name="labels">Labels with their π and with the score of the monitor that will choose, computed by a fit without the
    /// label.</param>
    /// <param name="floor">Lower bound on the uncertainty of a prediction, (0,0.5].</param>
    /// <param name="usual">Share that is kept unless another one is clearly better, (0,1].</param>
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
        foreach (var share in Choices)
        {
            double sum = 0, squares = 0;
            foreach (var label in labels)
            {
                var e = Residual(label) - centre;
                var relative = Uncertainty(label.Score, floor) / mean;
                var change = e * e / label.InclusionProbability * ((1 / (share + ((1 - share) * relative))) - (1 / (usual + ((1 - usual) * relative))));
                sum += change;
                squares += change * change;
            }

            var cautious = sum + (Caution * Math.Sqrt(Math.Max(0, squares - (sum * sum / labels.Count))));
            if (cautious < least)
            {
                (best, least) = (share, cautious);
            }
        }

        return best;
    }

    private static double Residual(in LabelPoint label) => (label.Correct ? 1 : 0) - label.Score;

    private static double Uncertainty(double score, double floor) => Math.Max(floor, Math.Sqrt(Math.Max(0, score * (1 - score))));
}
