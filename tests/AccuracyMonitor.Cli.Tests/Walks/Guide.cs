namespace AccuracyMonitor.Cli.Tests.Walks;

/// <summary>A page of docs/guides, whose commands are run as a reader would.</summary>
internal static class Guide
{
    /// <summary>The block of shell commands that has a text in it.</summary>
    public static string Commands(string page, string with) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", page))
        .Split("```sh\n").Skip(1).Select(block => block.Split("\n```")[0]).Single(block => block.Contains(with, StringComparison.Ordinal));
}
