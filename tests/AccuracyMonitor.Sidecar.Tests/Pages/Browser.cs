using System.Diagnostics;
using AccuracyMonitor.Tests;

namespace AccuracyMonitor.Sidecar.Tests.Pages;

/// <summary>Runs a scenario of <c>scenarios.mjs</c> in a real Chromium.</summary>
internal static class Browser
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <param name="scenario">Its name.</param>
    /// <param name="address">Of the sidecar's HTTP port.</param>
    /// <param name="host">Does what the scenario asks of the test, by name.</param>
    /// <returns>What the scenario said.</returns>
    public static async Task<string> RunAsync(string scenario, string address, Func<string, Task>? host = null)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests/AccuracyMonitor.Sidecar.Tests/Pages/scenarios.mjs"), scenario, address])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ACCURACY_MONITOR_TOOLS"] = Path.Combine(Repository.Root, "artifacts/tools");
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        List<string> said = [];
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith('@'))
                {
                    await host!(line[1..]);
                    await process.StandardInput.WriteLineAsync("done");
                }
                else
                {
                    said.Add(line);
                }
            }

            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        process.ExitCode.ShouldBe(0, $"(tests/install-tools installs what is missing)\n{scenario}: {string.Join('\n', said)}\n{await errors}");
        return string.Join('\n', said);
    }
}
