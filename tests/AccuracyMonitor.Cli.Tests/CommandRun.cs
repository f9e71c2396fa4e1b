using System.CommandLine;

namespace AccuracyMonitor.Cli.Tests;

/// <summary>Runs a command in this process as the program does, with streams of its own.</summary>
internal static class CommandRun
{
    public static Task<(int Code, string Output, string Error)> InvokeAsync(Command command, params string[] arguments) =>
        InvokeAsync(command, TestContext.Current.CancellationToken, arguments);

    public static async Task<(int Code, string Output, string Error)> InvokeAsync(Command command, CancellationToken cancel, params string[] arguments)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(command, arguments, new InvocationConfiguration { Output = output, Error = error }, cancel);
        return (code, output.ToString(), error.ToString());
    }
}
