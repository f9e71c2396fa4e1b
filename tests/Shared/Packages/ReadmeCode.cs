namespace AccuracyMonitor.Tests;

/// <summary>The C# code of a package's page, to compare with code that compiles.</summary>
internal static class ReadmeCode
{
    public static IReadOnlyList<string> Snippets(string page) =>
        [.. page.Split("```csharp\n").Skip(1).Select(s => Unindented(s[..s.IndexOf("\n```", StringComparison.Ordinal)]))];

    public static string Unindented(string text) => string.Join('\n', text.Split('\n').Select(l => l.Trim()));
}
