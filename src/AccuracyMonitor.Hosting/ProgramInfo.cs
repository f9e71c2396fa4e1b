using System.Reflection;

namespace AccuracyMonitor.Hosting;

/// <summary>Answers <c>--help</c> and <c>--version</c> of a program whose arguments are settings.</summary>
public static class ProgramInfo
{
    private static readonly string[] AskForHelp = ["--help", "-h", "-?", "help"];

    /// <returns>0 after an answer to standard output; null: neither was asked for.</returns>
    public static async Task<int?> AnswerAsync(IReadOnlyList<string> args, string help, Assembly program)
    {
        if (args.Any(AskForHelp.Contains))
        {
            await Console.Out.WriteLineAsync(help);
            return 0;
        }

        if (args.Contains("--version", StringComparer.Ordinal))
        {
            await Console.Out.WriteLineAsync(VersionOf(program));
            return 0;
        }

        return null;
    }

    private static string VersionOf(Assembly program) => program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
