namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// The queue in numbers: what is in the store now (pruned requests no longer count). A lease or request that has run out counts in its
/// old state until the next <see cref="MonitorStore.ExpireAsync"/> or lease.
/// </summary>
/// <param name="OldestWaiting">When the request that is leased next was made; null when none waits.</param>
public sealed record QueueCounts(
    long Waiting, long Leased, long Answered, long Skipped, long Expired, long Retracted, DateTimeOffset? OldestWaiting)
{
    /// <summary>Answered requests about which a second or third opinion is wanted, leased ones included.</summary>
    public long OpinionsWanted { get; init; }

    /// <summary>Labels that nobody asked for.</summary>
    public long KeptApart { get; init; }
}
