using Spectre.Console;

namespace AccuracyMonitor.Cli;

/// <summary>
/// Where a command shows how far it is: the error stream, so that results can be piped. One console per command, since Spectre's static one lets only
/// one live display in the whole process be shown at a time, whoever runs it.
/// </summary>
internal static class ProgressConsole
{
    public static Progress Bars() => Create().Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());

    public static Status Status() => Create().Status();

    public static IAnsiConsole Create() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
}
