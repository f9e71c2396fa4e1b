using System.Diagnostics;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>Runs commands as a reader of a page would.</summary>
internal static class Script
{
    /// <summary>Fails the test, with all that was said, when a command ends with another status than 0.</summary>
    /// <returns>Standard output.</returns>
    public static async Task<string> RunAsync(string folder, string commands, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-euc", commands])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"(tests/install-tools installs what is missing)\n{commands}\n{output}{await errors}");
        return output;
    }
}
