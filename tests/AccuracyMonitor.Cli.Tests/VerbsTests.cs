using System.CommandLine;
using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Cli.Tests;

/// <summary>Every verb that the root command has, so that a new one is covered without being listed here.</summary>
public sealed class VerbsTests
{
    private const string Nowhere = "/nowhere/at/all.csv";

    /// <summary>Options that name what a verb reads, for the verbs that require none.</summary>
    private static readonly string[] Inputs = ["--traces", "--log", "--monitor", "--classifier", "--images", "--labels", "--data"];

    /// <summary>Verbs that run until they are stopped and take settings; their hosts refuse those, and have tests of their own.</summary>
    private static readonly string[] Hosts = ["serve", "hub", "labels bridge", "demo-serve"];

    public static TheoryData<string> All => [.. Leaves(Verbs.Create()).Select(v => v.Name)];

    public static TheoryData<string> Listed => [.. Described(Verbs.Create()).Where(c => !c.Command.Hidden).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Verb_WithAnUnknownOption_SaysSoAndWhereToLook(string verb)
    {
        if (Hosts.Contains(verb, StringComparer.Ordinal))
        {
            var (exit, refusal) = await BuiltProgram.RunAsync(BuiltProgram.Folder, [.. verb.Split(' '), "--Nonsense:Such=1"]);

            exit.ShouldBe(ExitCodes.Usage, refusal);
            refusal.ShouldContain("Nonsense");
            NoStackTrace(refusal);
            return;
        }

        var (code, output, error) = await CommandRun.InvokeAsync(Verbs.Create(), [.. verb.Split(' '), "--no-such-option"]);

        code.ShouldBe(ExitCodes.Usage);
        output.ShouldBeEmpty("the help would hide the message");
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldContain(l => l.Contains("'--no-such-option'", StringComparison.Ordinal));
        lines[^1].ShouldEndWith($" {verb} --help' lists the options.");
        NoStackTrace(error);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Verb_WhoseInputIsMissing_SaysSoInOneLine(string verb)
    {
        var command = Leaves(Verbs.Create()).Single(v => v.Name == verb).Command;
        string[] given = [.. Input(command)];
        if (given.Length == 0)
        {
            verb.ShouldBeOneOf([.. Hosts, "demo"], "it reads nothing that could be missing");
            return;
        }

        var (code, output, error) = await CommandRun.InvokeAsync(Verbs.Create(), [.. verb.Split(' '), .. given]);

        code.ShouldBeOneOf(ExitCodes.Usage, ExitCodes.DataError, ExitCodes.Unavailable);
        output.ShouldBeEmpty();
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().Length.ShouldBeGreaterThan(20);
        NoStackTrace(error);
    }

    [Fact]
    public async Task Reference_OfCommands_HasARowForEveryVerbAndNoOther()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs/reference/commands.md"), TestContext.Current.CancellationToken);

        page.Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('`')[1])
            .ShouldBe(Leaves(Verbs.Create()).Where(v => !v.Command.Hidden).Select(v => v.Name), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Listed))]
    public async Task Help_OfAVerb_BeginsWithOneSentenceAndListsItsVerbsByTheirs(string verb)
    {
        var (code, output, error) = await CommandRun.InvokeAsync(Verbs.Create(), [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        (code, error).ShouldBe((ExitCodes.Success, ""));
        var command = Described(Verbs.Create()).Single(v => v.Name == verb).Command;
        output.ShouldContain(command.Description!.Split('\n')[0]);
        command.Description!.Split('\n')[0].Length.ShouldBeInRange(20, 110);
        command.Options.Concat<Symbol>(command.Arguments).Where(o => string.IsNullOrWhiteSpace(o.Description)).ShouldBeEmpty("they need a description");
        foreach (var child in command.Subcommands.Where(c => !c.Hidden))
        {
            var paragraphs = child.Description!.Split("\n\n");
            output.ShouldContain(paragraphs[0]);
            output.ShouldNotContain(paragraphs.ElementAtOrDefault(1)?.Split('\n')[0] ?? "no second paragraph");
        }
    }

    private static void NoStackTrace(string error)
    {
        error.ShouldNotContain("   at ");
        error.ShouldNotContain("Exception");
    }

    private static IEnumerable<string> Input(Command command) =>
    [
        .. Named(command).SelectMany(o => (string[])[o.Name, Nowhere]),
        .. command.Options.Any(o => o.Name == "--target") ? ["--target", "unix:///nowhere/at/all.sock"] : Array.Empty<string>(),
        .. command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0).Select(_ => Nowhere),
    ];

    private static IEnumerable<Option> Named(Command command) => command.Options.Where(o => o.Required) is var required && required.Any() ? required
        : command.Options.Where(o => Inputs.Contains(o.Name, StringComparer.Ordinal)).Take(1);

    /// <summary>The commands that do something by themselves.</summary>
    private static IEnumerable<(string Name, Command Command)> Leaves(Command root) => Described(root).Where(c => c.Command.Action is not null);

    private static IEnumerable<(string Name, Command Command)> Described(Command command, string name = "") =>
    [
        (name, command), .. command.Subcommands.SelectMany(c => Described(c, $"{name} {c.Name}".TrimStart())),
    ];
}
