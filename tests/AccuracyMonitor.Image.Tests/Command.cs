using System.Diagnostics;

namespace AccuracyMonitor.Image.Tests;

/// <summary>One run of a real tool.</summary>
internal sealed record Command(int Status, string Output, string Errors)
{
    public string Both => $"{Output}{Errors}";

    public static async Task<Command> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancel = default)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return new Command(process.ExitCode, await output, await errors);
    }

    /// <returns>What it printed on standard output, trimmed.</returns>
    public string Succeeded(string what)
    {
        if (Status != 0)
        {
            throw new InvalidOperationException($"{what} failed with status {Status}:\n{Tail(Both)}");
        }

        return Output.Trim();
    }

    private static string Tail(string text) => text.Length <= 4000 ? text : text[^4000..];
}
