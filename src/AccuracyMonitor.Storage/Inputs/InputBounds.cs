namespace AccuracyMonitor.Storage.Inputs;

/// <summary>How long inputs are kept, and how many.</summary>
/// <param name="MaxTotalBytes">Bound on all of them, <see cref="InputTotals.Charged"/>.</param>
/// <param name="AttachedBefore">Older ones are deleted, whatever became of their request.</param>
/// <param name="LabelledBefore">Those whose prediction got its current label at this time or before are deleted.</param>
public sealed record InputBounds(long MaxTotalBytes, DateTimeOffset AttachedBefore, DateTimeOffset LabelledBefore)
{
    /// <summary>Above this share of the bound the inputs of ended requests are deleted, so that there is room for those that somebody waits for.</summary>
    internal const double RoomShare = 0.9;
}
