using System.Diagnostics;

namespace AccuracyMonitor.Cli.Tests.Walks;

/// <summary>Runs commands in a folder with the built program on the path, against the sidecar of a test.</summary>
internal sealed class Reader
{
    private readonly string _target;

    public Reader(RunningSidecar sidecar)
    {
        _target = sidecar.Target;
        Folder = Directory.CreateDirectory(Path.Combine(sidecar.Folder, "reader")).FullName;
    }

    public string Folder { get; }

    /// <summary>The pages leave out --target: their sidecar listens at the default address, where another may listen on this machine.</summary>
    /// <returns>The status of the first command that failed, and what all of them wrote.</returns>
    public async Task<(int Exit, string Said)> RunAsync(string commands)
    {
        using var process = Start($$"""
            accuracy-monitor() { command accuracy-monitor "$@" --target "{{_target}}"; }
            {{commands}}
            """);
        return await EndAsync(process);
    }

    private static async Task<(int Exit, string Said)> EndAsync(Process process)
    {
        var cancel = TestContext.Current.CancellationToken;
        var error = process.StandardError.ReadToEndAsync(cancel);
        var said = await process.StandardOutput.ReadToEndAsync(cancel) + await error;
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, said);
    }

    private Process Start(string commands)
    {
        var start = new ProcessStartInfo("bash", ["-euc", commands])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{BuiltProgram.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        return Process.Start(start)!;
    }
}
