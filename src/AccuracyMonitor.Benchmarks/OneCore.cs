using System.Diagnostics;

namespace AccuracyMonitor.Benchmarks;

/// <summary>Pins the process and its children to one core, so that results do not depend on the scheduler.</summary>
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
