namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>What one evaluation simulates.</summary>
/// <param name="Budget">Labels per window, on average.</param>
/// <param name="Window">Predictions per window.</param>
/// <param name="Repeats">Windows per condition.</param>
/// <param name="Seed">Two runs with the same seed print the same.</param>
/// <param name="Alpha">Error level of the intervals.</param>
internal sealed record EvaluationSettings(int Budget, int Window, int Repeats, int Seed, double Alpha)
{
    public double Share => (double)Budget / Window;
}
