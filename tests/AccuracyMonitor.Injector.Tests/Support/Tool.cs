using System.Diagnostics;

namespace AccuracyMonitor.Injector.Tests.Support;

/// <summary>Programs that tests/install-tools brings.</summary>
internal static class Tool
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "tools");

    /// <param name="version">3 or 4.</param>
    /// <param name="arguments">As on the command line; the working directory is the repository's root.</param>
    public static Task<(int Status, string Output, string Errors)> HelmAsync(int version, params string[] arguments) =>
        RunAsync(Path.Combine(Folder, $"helm{version}", "helm", "helm"), "", arguments);

    public static Task<(int Status, string Output, string Errors)> KubectlAsync(params string[] arguments) =>
        RunAsync(Path.Combine(Folder, "helm4", "kubectl", "kubectl"), "", arguments);

    /// <summary>What kubernetes-models says of manifests.</summary>
    public static Task<(int Status, string Output, string Errors)> ModelsAsync(string manifests) => RunAsync(
        "node", manifests, Path.Combine(Repository.Root, "tests", "AccuracyMonitor.Injector.Tests", "Chart", "validate.mjs"),
        Path.Combine(Folder, "kubernetes"));

    public static async Task<(int Status, string Output, string Errors)> RunAsync(string program, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
