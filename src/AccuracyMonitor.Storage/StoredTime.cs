namespace AccuracyMonitor.Storage;

/// <summary>Times in the database: UTC ticks of 100 ns, so that they sort as numbers and come back exactly. The offset is not kept.</summary>
internal static class StoredTime
{
    public static long Write(DateTimeOffset time) => time.UtcTicks;

    public static long? Write(DateTimeOffset? time) => time?.UtcTicks;

    public static DateTimeOffset Read(long ticks) => new(ticks, TimeSpan.Zero);
}
