using Spectre.Console;

namespace AccuracyMonitor.Cli;

internal static class WideTable
{
    /// <summary>Rows are not broken where the output is no terminal, which would be taken for 80 columns.</summary>
    private const int Width = 260;

    public static void Write(Table table)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, Console.IsOutputRedirected ? Width : 0);
        AnsiConsole.Write(table);
    }
}
