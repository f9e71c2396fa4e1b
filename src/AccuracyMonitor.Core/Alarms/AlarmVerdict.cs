namespace AccuracyMonitor.Core.Alarms;

/// <summary>What an alarm says now.</summary>
/// <param name="Firing">The evidence has reached its threshold.</param>
/// <param name="LogEvidence">Natural logarithm of the evidence.</param>
/// <param name="LogThreshold">Where it fires; infinite for an alarm that has nothing to watch.</param>
/// <param name="Labels">Labels observed (validity: since the last restart).</param>
/// <param name="Reason">One sentence with the numbers, for a person.</param>
public sealed record AlarmVerdict(bool Firing, double LogEvidence, double LogThreshold, long Labels, string Reason);
