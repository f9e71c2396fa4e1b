namespace AccuracyMonitor.Storage.Inputs;

/// <summary>All stored inputs together.</summary>
/// <param name="Bytes">Of their contents.</param>
public sealed record InputTotals(long Inputs, long Bytes)
{
    /// <summary>What the database keeps of an input beside its content, about.</summary>
    public const int Overhead = 512;

    /// <summary>What is held against the bound.</summary>
    public long Charged => Bytes + (Overhead * Inputs);
}
