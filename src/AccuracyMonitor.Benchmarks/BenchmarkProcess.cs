using System.Diagnostics;
using AccuracyMonitor.Cli.Demo;

namespace AccuracyMonitor.Benchmarks;

/// <summary>Processes that a benchmark starts beside itself.</summary>
internal static class BenchmarkProcess
{
    /// <summary>This program, for the other end of a connection: its executable, or <c>dotnet</c> and its assembly.</summary>
    public static string[] Self() => DemoProcesses.Program(typeof(BenchmarkProcess).Assembly);

    /// <param name="command">Program and arguments.</param>
    public static ProcessStartInfo Start(string[] command) => new(command[0], command[1..]) { UseShellExecute = false };
}
