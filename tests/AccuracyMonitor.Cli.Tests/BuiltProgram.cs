using System.Diagnostics;

namespace AccuracyMonitor.Cli.Tests;

/// <summary>The program as it is built, in a process of its own.</summary>
internal static class BuiltProgram
{
    /// <summary>Of the tests' configuration, in the layout that Directory.Build.props sets.</summary>
    public static string Folder { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "AccuracyMonitor.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name));

    /// <returns>Its status, and what it wrote to the error stream.</returns>
    public static async Task<(int Exit, string Error)> RunAsync(string folder, params string[] arguments)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo(
            Path.Combine(folder, "accuracy-monitor"), arguments)
        { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var error = await process.StandardError.ReadToEndAsync(cancel);
        await output;
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, error);
    }
}
