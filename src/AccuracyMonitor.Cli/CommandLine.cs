using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Cli;

/// <summary>
/// Parses the arguments of a program and runs the command that they name. Whatever the command throws ends here, as a message and an exit status.
/// </summary>
internal static class CommandLine
{
    /// <summary>How long a command may take to end by itself after SIGTERM or Ctrl+C. The library's default of two seconds would cut off the sidecar's drain,
    /// which may take <c>Listen:ShutdownTimeout</c>, up to five minutes.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromMinutes(6);

    public static Task<int> RunAsync(RootCommand root, string[] arguments) =>
        RunAsync(root, arguments, new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout }, CancellationToken.None);

    /// <param name="command">The root, or a command by itself.</param>
    /// <param name="arguments">Without the command's own name.</param>
    /// <param name="configuration">Has the streams.</param>
    /// <param name="cancel">Ends the command, as Ctrl+C does.</param>
    /// <returns>The exit status, one of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(Command command, string[] arguments, InvocationConfiguration configuration, CancellationToken cancel)
    {
        configuration.EnableDefaultExceptionHandler = false;
        var parsed = command.Parse(arguments);
        var named = parsed.CommandResult.Command;
        if (parsed.Action is HelpAction or ParseErrorAction)
        {
            Summarize(named.Subcommands);
        }

        var mistyped = MistypedOption(parsed);
        if (mistyped is not null)
        {
            await configuration.Error.WriteLineAsync($"Unrecognized option '{mistyped}'. Put '--' before arguments that begin with '--'.");
        }

        if (parsed.Action is ParseErrorAction refusal)
        {
            // Help for a whole verb hides the message above it; whoever named no verb wants the list of them.
            refusal.ShowHelp = named.Action is null;
            await parsed.InvokeAsync(new InvocationConfiguration { Output = configuration.Error, Error = configuration.Error }, cancel);
        }

        if (mistyped is not null || parsed.Action is ParseErrorAction)
        {
            await configuration.Error.WriteLineAsync($"'{PathOf(parsed.CommandResult)} --help' lists the options.");
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(configuration, cancel);
        }
        catch (Exception e)
        {
            var (status, message) = CommandErrors.Of(e) ?? (ExitCodes.Failure, $"This is a defect of the program, please report it: {e}");
            await configuration.Error.WriteLineAsync(message);
            return status;
        }
    }

    /// <summary>The parser takes an unknown option for an argument where the command has one, such as a file or an id.</summary>
    private static string? MistypedOption(ParseResult parsed) =>
        !parsed.CommandResult.Command.TreatUnmatchedTokensAsErrors || parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash) ? null
            : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens)
                .FirstOrDefault(t => t.Value.StartsWith("--", StringComparison.Ordinal))?.Value;

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : command.Command.Name;

    /// <summary>A list of commands has the first paragraph of each description.</summary>
    private static void Summarize(IEnumerable<Command> commands)
    {
        foreach (var command in commands)
        {
            command.Description = command.Description?.ReplaceLineEndings("\n").Split("\n\n")[0];
        }
    }
}
