namespace AccuracyMonitor.Training.Ternary;

/// <summary>How a ternary monitor is fine-tuned on labels. The defaults were chosen by measurement: see docs/measurements/ternary-monitors.md.</summary>
public sealed record TernaryFineTuneOptions
{
    /// <summary>Seed of each sample's member and of the order of the weights. Folds depend on the labels' keys only.</summary>
    public ulong Seed { get; init; }

    /// <summary>A weight is changed if that lowers the labels' summed loss by at least this, nats, 0…1000. Twice that of compression, because labels are
    /// few.</summary>
    public double Gain { get; init; } = 6;

    /// <summary>Maximum number of passes over all weights, 0…20. Cross-fitting chooses the number, or the calibration alone, or no change.</summary>
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
