namespace AccuracyMonitor.Storage;

/// <summary>Where the store lives and how much it may hold back. Bounds are checked when the store is opened.</summary>
public sealed record StoreOptions
{
    /// <summary>The database file; its directory is made when missing. Beside it live <c>-wal</c>, <c>-shm</c> and <c>.lock</c>.</summary>
    public string Path { get; init; } = "data/accuracy-monitor.db";

    /// <summary>
    /// How long the writer waits for more operations before it commits, 0–1 s. At 0 (the default) a commit takes all that queued up while
    /// the commit before it was on its way to the disk, which batches by itself under load and adds no latency without it.
    /// </summary>
    public TimeSpan GroupCommitDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Operations that may wait for the writer, 1–1,000,000. Beyond it a write fails at once with <see cref="StoreBusyException"/>.</summary>
    public int MaxQueuedWrites { get; init; } = 4096;

    /// <summary>Bytes that may wait for the writer (softmax vectors and monitor files count), at least 64 KiB. One larger operation is taken when nothing else
    /// waits.</summary>
    public long MaxQueuedBytes { get; init; } = 64L << 20;

    /// <summary>Operations in one transaction at most, 1–100,000.</summary>
    public int MaxBatch { get; init; } = 512;

    /// <summary>Reads at the same time, 1–64, each on a connection of its own.</summary>
    public int MaxReaders { get; init; } = 4;

    /// <summary>How long opening may spend on looking for damage, 0–10 min. What is not reached in time is found when it is read.</summary>
    public TimeSpan IntegrityCheckLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time between two checks before a database is believed to be damaged, and between two attempts to open one that can't be read, 1 ms–1 min.
    /// </summary>
    public TimeSpan RecheckDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long a statement waits for a lock that another program holds on the file, 1 s–1 min.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Requests and buckets younger than this are never pruned, 0–3650 days. Set it to the longest window or more.</summary>
    public TimeSpan MinimumRetention { get; init; } = TimeSpan.FromHours(48);

    /// <summary>Pages the database may have, 0 for no bound: a full disk for tests that can't mount one.</summary>
    internal int MaxPages { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        Within(GroupCommitDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1), nameof(GroupCommitDelay));
        Within(MaxQueuedWrites, 1, 1_000_000, nameof(MaxQueuedWrites));
        Within(MaxQueuedBytes, 64L << 10, long.MaxValue, nameof(MaxQueuedBytes));
        Within(MaxBatch, 1, 100_000, nameof(MaxBatch));
        Within(MaxReaders, 1, 64, nameof(MaxReaders));
        Within(IntegrityCheckLimit, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(IntegrityCheckLimit));
        Within(RecheckDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), nameof(RecheckDelay));
        Within(LockTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(LockTimeout));
        Within(MinimumRetention, TimeSpan.Zero, TimeSpan.FromDays(3650), nameof(MinimumRetention));
    }

    private static void Within<T>(T value, T lowest, T highest, string name)
        where T : IComparable<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, lowest, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, highest, name);
    }
}
