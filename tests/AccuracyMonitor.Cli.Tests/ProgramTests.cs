using System.Diagnostics;

namespace AccuracyMonitor.Cli.Tests;

public class ProgramTests
{
    [Theory]
    [InlineData("evaluate --traces /nowhere --repeats -1", 64, "--repeats is -1; it must be 1 to")]
    [InlineData("evaluate", 64, "Option '--traces' is required.")]
    [InlineData("evaluate --traces /nowhere", 64, "/nowhere: no trace")]
    [InlineData("evaluate --help", 0, "")]
    public async Task Exit_OfBadUsage_IsThatOfEveryBadUsage(string arguments, int expected, string message)
    {
        // The program of the same configuration, in the layout that Directory.Build.props sets.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "AccuracyMonitor.Cli", configuration, "accuracy-monitor"));
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(expected);
        error.ShouldContain(message);
    }
}
