using System.CommandLine;
using System.CommandLine.Invocation;

namespace AccuracyMonitor.Cli;

/// <summary>Parses the arguments of a program and runs the command that they name.</summary>
internal static class CommandLine
{
    /// <summary>How long a command may take to end by itself after SIGTERM or Ctrl+C. The library's default of two seconds would cut off the sidecar's drain,
    /// which may take <c>Listen:ShutdownTimeout</c>, up to five minutes.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromMinutes(6);

    /// <returns>The exit status: <see cref="ExitStatus.Usage"/> when the arguments cannot be parsed, else that of the command.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        var status = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout });
        return parsed.Action is ParseErrorAction ? ExitStatus.Usage : status;
    }
}
