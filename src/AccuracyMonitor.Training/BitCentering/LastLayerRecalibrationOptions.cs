namespace AccuracyMonitor.Training.BitCentering;

/// <summary>How a monitor's last layer is recalibrated on labels. The defaults were chosen by measurement: see docs/measurements/bit-centering.md.</summary>
public sealed record LastLayerRecalibrationOptions
{
    /// <summary>Seed of the choice of members and samples and of the rounding.</summary>
    public ulong Seed { get; init; }

    /// <summary>Bits of the change while it is learned, 2…16.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>Full gradients, 1…1000. It stops earlier when the gradient has fallen to a millionth of the first one.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>Penalty, 1e-3…1e6: half of it is the penalty, in nats of the summed loss, of a change that moves the logit by at most 1 in
    /// mean square. λ is this divided by N.</summary>
    public double Penalty { get; init; } = 0.1;

    /// <summary>Members per label, 1…256.</summary>
    public int MembersPerSample { get; init; } = 4;

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        OptionRange.Check(nameof(Bits), Bits, 2, 16);
        OptionRange.Check(nameof(Epochs), Epochs, 1, 1000);
        OptionRange.Check(nameof(Penalty), Penalty, 1e-3, 1e6);
        OptionRange.Check(nameof(MembersPerSample), MembersPerSample, 1, 256);
    }
}
