using System.Diagnostics;

namespace AccuracyMonitor.Sidecar.Tests.Support;

internal static class Eventually
{
    /// <summary>Waits, at most 20 seconds, until something holds.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), what);
            await Task.Delay(50);
        }
    }
}
