using System.Diagnostics;

namespace AccuracyMonitor.Tests.Runs;

internal static class Processes
{
    public static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
