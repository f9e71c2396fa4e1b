using System.Text.RegularExpressions;

namespace AccuracyMonitor.Repository.Tests;

/// <summary>A Markdown page of the repository.</summary>
/// <param name="path">Relative to the repository's root, with slashes.</param>
internal sealed partial class Document(string path)
{
    public string Path { get; } = path;

    public string Text { get; } = File.ReadAllText(System.IO.Path.Combine(AccuracyMonitor.Tests.Repository.Root, path));

    private string Prose => CodeBlock().Replace(Text, "");

    /// <summary>Targets of the links that lead to a file of the repository or to a heading, as they are written.</summary>
    public IEnumerable<string> Links => Link().Matches(Prose).Select(m => m.Groups["target"].Value).Where(t => !Scheme().IsMatch(t));

    /// <summary>The headings as GitHub makes anchors of them.</summary>
    public HashSet<string> Anchors => [.. Heading().Matches(Prose).Select(m => Anchor(m.Groups["text"].Value))];

    /// <param name="link">As it is written on this page.</param>
    /// <returns>The path relative to the repository's root, and the anchor, empty where there is none.</returns>
    public (string Path, string Anchor) Target(string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? Path : RepositoryFiles.Resolve(RepositoryFiles.FolderOf(Path), parts[0]);
        return (target, parts.Length == 2 ? parts[1] : "");
    }

    private static string Anchor(string heading)
    {
        var shown = Link().Replace(heading, m => m.Groups["shown"].Value);
        return NotInAnchor().Replace(shown.Trim(), "").Replace(' ', '-').ToLowerInvariant();
    }

    [GeneratedRegex("```.*?```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\[(?<shown>[^\]]*)\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex("^[a-z]+:", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scheme();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInAnchor();
}
