namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>What one evaluation simulates.</summary>
/// <param name="Budget">Labels per window, on average.</param>
/// <param name="Window">Predictions per window.</param>
/// <param name="Repeats">Windows per recorded shift; see <see cref="WindowsOf"/>.</param>
/// <param name="Seed">Two runs with the same seed print the same.</param>
/// <param name="Alpha">Error level of the intervals.</param>
internal sealed record EvaluationSettings(int Budget, int Window, int Repeats, int Seed, double Alpha)
{
    // A file has dozens of recorded shifts but one clean condition: coverage needs some hundred windows to be told to a point.
    private const int FewConditions = 10;

    public double Share => (double)Budget / Window;

    /// <summary>Windows to draw of a condition: ten times as many of the clean one and of those made of it.</summary>
    public int WindowsOf(Regime regime) => regime.IsRecordedShift ? Repeats : FewConditions * Repeats;
}
