using System.Diagnostics;

namespace AccuracyMonitor.Benchmarks;

/// <summary>Keeps the process, and what it starts, on one core, so that numbers are costs and not the luck of the scheduler.</summary>
internal static class OneCore
{
    public static void Pin()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = 1;
        }
    }
}
