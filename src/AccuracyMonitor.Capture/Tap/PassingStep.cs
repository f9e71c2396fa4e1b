namespace AccuracyMonitor.Capture.Tap;

/// <summary>What is to become of the first bytes that have come.</summary>
/// <param name="Pass">That many go on; none, with nothing instead: more bytes are needed; -1: no more bytes pass in this direction.</param>
/// <param name="Instead">These go on in their place, unless it is empty.</param>
internal readonly record struct PassingStep(long Pass, ReadOnlyMemory<byte> Instead = default)
{
    public static PassingStep NeedsMore => default;

    public static PassingStep Stop => new(-1);

    public bool IsStop => Pass < 0;
}
