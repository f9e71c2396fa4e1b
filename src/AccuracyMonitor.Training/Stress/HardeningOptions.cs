namespace AccuracyMonitor.Training.Stress;

/// <summary>How a monitor is hardened. The defaults were chosen by measurement: see docs/measurements/stress.md.</summary>
public sealed record HardeningOptions
{
    /// <summary>Clean AUROC that may be lost, 0…1. Default 0.003.</summary>
    public double AurocTolerance { get; init; } = 0.003;

    /// <summary>Options of both trainings. Both use the same seed, so split, initial weights and random draws are the same.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        OptionRange.Check(nameof(AurocTolerance), AurocTolerance, 0, 1);
        Training.Check();
    }
}
