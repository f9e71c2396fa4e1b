namespace AccuracyMonitor.Core.Transfer;

/// <summary>How strongly a head is held at "no change". A standard deviation is the prior's, in logits; 0 leaves the part out.</summary>
public sealed record TransferHeadOptions
{
    public double ScaleDeviation { get; init; } = 1;

    public double ShiftDeviation { get; init; } = 2;

    public double WeightDeviation { get; init; } = 0.1;

    public double OffsetDeviation { get; init; } = 1;
}
