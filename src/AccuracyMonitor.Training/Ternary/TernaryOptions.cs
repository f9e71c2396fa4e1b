namespace AccuracyMonitor.Training.Ternary;

/// <summary>How a monitor is made ternary. The defaults were chosen by measurement: see docs/measurements/ternary-monitors.md.</summary>
public sealed record TernaryOptions
{
    /// <summary>Seed of the split, the batch, each sample's member and the order of the weights. Default 0, as in <see cref="TrainingOptions"/>.</summary>
    public ulong Seed { get; init; }

    /// <summary>Samples of the batch whose loss a changed weight must lower, 100…1,000,000.</summary>
    public int Rows { get; init; } = 10_000;

    /// <summary>A weight is changed if that lowers the batch's summed loss by at least this, nats, 0…1000. Thousands of weights are tried on thousands of
    /// samples: with 0 most changes would fit noise.</summary>
    public double Gain { get; init; } = 3;

    /// <summary>Most passes over all weights, 0…100; they end sooner where nothing changes any more.</summary>
    public int Passes { get; init; } = 6;

    /// <summary>Steps that fit scales and biases after the rounding and after each pass, 0…10,000.</summary>
    public int RefitSteps { get; init; } = 200;

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        OptionRange.Check(nameof(Rows), Rows, 100, 1_000_000);
        OptionRange.Check(nameof(Gain), Gain, 0, 1000);
        OptionRange.Check(nameof(Passes), Passes, 0, 100);
        OptionRange.Check(nameof(RefitSteps), RefitSteps, 0, 10_000);
    }
}
