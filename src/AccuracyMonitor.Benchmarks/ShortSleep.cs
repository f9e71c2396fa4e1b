using System.Runtime.InteropServices;

namespace AccuracyMonitor.Benchmarks;

/// <summary>Sleeps for less than a millisecond, the shortest sleep of the runtime, on a dedicated thread.</summary>
internal static class ShortSleep
{
    private static readonly ManualResetEvent Never = new(initialState: false);

    public static void For(TimeSpan time)
    {
        if (OperatingSystem.IsWindows())
        {
            Never.WaitOne(TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)));
        }
        else
        {
            _ = NativeMethods.USleep((uint)Math.Max(1, time.TotalMicroseconds));
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "usleep")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int USleep(uint microseconds);
    }
}
