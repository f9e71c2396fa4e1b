using System.Diagnostics;
using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Benchmarks;

/// <summary>Starts processes for a benchmark.</summary>
internal static class BenchmarkProcess
{
    /// <summary>Command of this program, used to start the other end of a connection: its executable, or <c>dotnet</c> and its
    /// assembly.</summary>
    public static string[] Self() => DemoProcesses.Program(typeof(BenchmarkProcess).Assembly);

    /// <param name="command">Program and arguments.</param>
    public static ProcessStartInfo Start(string[] command) => new(command[0], command[1..]) { UseShellExecute = false };
}
