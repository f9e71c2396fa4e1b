using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Alarms;

/// <summary>Labels as the mixed policy gives them: drawn from a stream of predictions with density in proportion to π.</summary>
internal sealed class LabelStream(int seed)
{
    private const double Budget = 0.01;

    private readonly Random _random = new(seed);

    /// <param name="right">P(right) given g.</param>
    /// <param name="scale">Of the budget.</param>
    /// <param name="doubtful">Share of predictions from the doubtful tail: covariate shift.</param>
    public LabelPoint Next(Func<double, double> right, double scale = 1, double doubtful = 0)
    {
        while (true)
        {
            var g = _random.NextDouble() < doubtful ? 0.5 + (0.4 * _random.NextDouble()) : Score(_random.NextDouble());
            var ratio = 0.5 + (0.5 * Math.Sqrt(g * (1 - g)) / MeanUncertainty);

            // Accepted with probability π over its largest, that of g = ½.
            if (_random.NextDouble() < ratio / (0.5 + (0.25 / MeanUncertainty)))
            {
                return new LabelPoint(g, scale * Budget * ratio, _random.NextDouble() < right(g));
            }
        }
    }

    /// <summary>Mean score of the unshifted stream.</summary>
    public static double MeanScore { get; } = Mean(g => g);

    private static double MeanUncertainty { get; } = Mean(g => Math.Sqrt(g * (1 - g)));

    private static double Mean(Func<double, double> f) => Enumerable.Range(0, 100_000).Average(i => f(Score((i + 0.5) / 100_000)));

    private static double Score(double u) => 1 - (0.5 * Math.Pow(u, 15));
}
