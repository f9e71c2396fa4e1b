namespace AccuracyMonitor.Core.Alarms;

/// <summary>Current state of an alarm.</summary>
/// <param name="Firing">True when the evidence has reached its threshold.</param>
/// <param name="LogEvidence">Natural logarithm of the e-value.</param>
/// <param name="LogThreshold">Natural logarithm of the e-value at which the alarm fires; infinite if the alarm has no objective.</param>
/// <param name="Labels">Labels observed (validity alarm: since the last restart).</param>
/// <param name="Reason">One sentence with the numbers, for the operator.</param>
public sealed record AlarmVerdict(bool Firing, double LogEvidence, double LogThreshold, long Labels, string Reason);
