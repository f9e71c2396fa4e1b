using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Alarms;

// The shape the sidecar is written against until the alarms themselves land; delete this file with them.
public sealed record AlarmVerdict(bool Firing, double LogEvidence, double LogThreshold, long Labels, string Reason);

public sealed record AccuracyAlarmOptions
{
    public double? Objective { get; init; }

    public double Tolerance { get; init; }

    public double AverageRunLength { get; init; } = 10_000;
}

public sealed record ValidityAlarmOptions
{
    public double Tolerance { get; init; } = 0.03;

    public double Alpha { get; init; } = 0.01;
}

public sealed class AccuracyAlarm(AccuracyAlarmOptions options)
{
    private long _labels;

    public AlarmVerdict Verdict => new(false, 0, Math.Log(options.AverageRunLength), _labels, "");

    public void Observe(in LabelPoint point) => _labels += point.InclusionProbability > 0 ? 1 : 0;
}

public sealed class ValidityAlarm(ValidityAlarmOptions options)
{
    private long _labels;

    public AlarmVerdict Verdict => new(false, 0, -Math.Log(options.Alpha), _labels, "");

    public void Observe(in LabelPoint point) => _labels += point.InclusionProbability > 0 ? 1 : 0;

    public void Restart() => _labels = 0;
}
