namespace AccuracyMonitor.Tests;

/// <summary>Measures what some work allocates on this thread.</summary>
internal static class Allocations
{
    /// <summary>
    /// Least of a few measurements: a collection that another test starts meanwhile retires the thread's allocation buffer, and what was left
    /// of it counts as allocated (up to 8 KiB). Work that really allocates does so every time.
    /// </summary>
    /// <param name="work">Done once for each measurement, with its number.</param>
    public static long LeastOf(Action<int> work)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 5 && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work(i);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
