namespace AccuracyMonitor.Storage;

/// <summary>Bounds of the number of rows that one call reads or changes.</summary>
internal static class StoreLimit
{
    public static void Check(int limit, int highest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, highest);
    }
}
