using System.Diagnostics;

namespace AccuracyMonitor.Tests;

internal static class Eventually
{
    /// <summary>Waits, at most two minutes: machines are slow at times, until something holds.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2), what);
            await Task.Delay(20);
        }
    }
}
