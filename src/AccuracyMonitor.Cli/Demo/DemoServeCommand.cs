using System.CommandLine;
using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;

namespace AccuracyMonitor.Cli.Demo;

/// <summary>
/// The demo's sidecar: <c>serve</c>, ended also when standard input closes, so that it never outlives a demo that was killed. Hidden: nobody
/// else has a use for it.
/// </summary>
internal static class DemoServeCommand
{
    public const string Name = "demo-serve";

    public static Command Create()
    {
        var command = new Command(Name, "The demo's sidecar: serve, until standard input closes.") { Hidden = true };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancel) =>
        {
            _ = Task.Run(EndWithStandardInput, cancel);
            return SidecarHost.RunAsync([.. parsed.UnmatchedTokens], CancellationToken.None);
        });
        return command;
    }

    /// <summary>How this program is started: by its own executable, or, where another program runs its assembly, by dotnet.</summary>
    public static string[] Program() => DemoProcesses.Program(typeof(DemoServeCommand).Assembly);

    private static void EndWithStandardInput()
    {
        while (Console.In.Read() >= 0)
        {
        }

        ChildProcess.AskToStop(Environment.ProcessId);
    }
}
