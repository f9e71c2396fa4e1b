using System.Xml.Linq;

namespace AccuracyMonitor.Architecture.Tests;

/// <summary>The projects under <c>src</c>, as they are on disk.</summary>
internal static class SourceTree
{
    private const string Prefix = "AccuracyMonitor.";

    /// <summary>The repository that these tests were built from, or the one that <c>ARCHITECTURE_ROOT</c> names.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("ARCHITECTURE_ROOT") ?? Repository.Root;

    public static IReadOnlyList<string> ProjectFiles { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> SourceFiles(string projectFile)
    {
        var folder = Path.GetDirectoryName(projectFile)!;
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar).Any(p => p is "obj" or "bin"))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>Of a project, without the common prefix.</summary>
    public static string NameOf(string projectFile) => Path.GetFileNameWithoutExtension(projectFile.Replace('\\', '/'))[Prefix.Length..];

    public static string FileOf(string project) => ProjectFiles.Single(f => NameOf(f) == project);

    /// <summary>What the project file includes of one kind.</summary>
    public static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Load(FileOf(project)).Descendants(kind).Select(static e => (string?)e.Attribute("Include") ?? "")
            .Where(static i => i.Length > 0);
}
