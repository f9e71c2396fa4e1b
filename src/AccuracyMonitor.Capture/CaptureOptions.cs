namespace AccuracyMonitor.Capture;

/// <summary>What capture takes over from the intake behind it.</summary>
/// <param name="SumTolerance">A row's probabilities may sum to 1 ± this.</param>
public sealed record CaptureOptions(double SumTolerance);
