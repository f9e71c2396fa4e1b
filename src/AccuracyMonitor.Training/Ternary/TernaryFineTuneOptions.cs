namespace AccuracyMonitor.Training.Ternary;

/// <summary>How a ternary monitor is adapted to labels. The defaults were chosen by measurement: see docs/measurements/ternary-monitors.md.</summary>
public sealed record TernaryFineTuneOptions
{
    /// <summary>Decides each sample's member, the order of the weights and nothing else: folds hang on the labels' keys.</summary>
    public ulong Seed { get; init; }

    /// <summary>Nats of the labels' summed loss that changing a weight must save, 0…1000. Twice that of compression, because labels are few.</summary>
    public double Gain { get; init; } = 6;

    /// <summary>Most passes over all weights, 0…20; cross-fitting chooses how many, and whether the calibration alone is better, or nothing at all.</summary>
    public int Passes { get; init; } = 3;

    /// <summary>Folds of that cross-fitting, 2…20.</summary>
    public int Folds { get; init; } = 4;

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        OptionRange.Check(nameof(Gain), Gain, 0, 1000);
        OptionRange.Check(nameof(Passes), Passes, 0, 20);
        OptionRange.Check(nameof(Folds), Folds, 2, 20);
    }
}
