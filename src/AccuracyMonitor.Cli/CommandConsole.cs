using Spectre.Console;

namespace AccuracyMonitor.Cli;

/// <summary>Where a command writes tables and styled text.</summary>
internal static class CommandConsole
{
    /// <summary>Width where the output is no terminal: Spectre would take it for 80 columns and break the rows of tables.</summary>
    private const int WidthWithoutTerminal = 260;

    public static IAnsiConsole Standard => Of(Console.Out);

    /// <summary>A console of its own, since Spectre's static one lets only one live display in the whole process be shown at a time.</summary>
    public static IAnsiConsole Of(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        return console;
    }
}
