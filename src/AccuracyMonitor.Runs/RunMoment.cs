namespace AccuracyMonitor.Runs;

/// <summary>How far a stream is.</summary>
/// <param name="Regime">Name of the stretch of now.</param>
/// <param name="Phase">Its number, from 0.</param>
/// <param name="Predictions">Sent so far.</param>
/// <param name="Labels">Given so far.</param>
internal readonly record struct RunMoment(string Regime, int Phase, long Predictions, long Labels);
