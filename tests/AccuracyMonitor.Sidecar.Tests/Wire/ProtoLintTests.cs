using System.Diagnostics;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class ProtoLintTests
{
    [Fact]
    public async Task The_protos_pass_buf_lint_and_are_formatted()
    {
        var root = Repository.Root;
        (await BufAsync(root, "lint")).ShouldBe((0, ""));
        (await BufAsync(root, "format", "--diff", "--exit-code")).ShouldBe((0, ""));
    }

    /// <summary>buf from the path, as tests/run sets it, or where tests/install-tools puts it.</summary>
    private static async Task<(int Status, string Output)> BufAsync(string root, params string[] arguments)
    {
        var installed = Path.Combine(root, "artifacts", "tools", "node_modules", ".bin", "buf");
        using var buf = Process.Start(new ProcessStartInfo(File.Exists(installed) ? installed : "buf", arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = Path.Combine(root, "proto"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = await buf.StandardOutput.ReadToEndAsync() + await buf.StandardError.ReadToEndAsync();
        await buf.WaitForExitAsync();
        return (buf.ExitCode, output);
    }
}
