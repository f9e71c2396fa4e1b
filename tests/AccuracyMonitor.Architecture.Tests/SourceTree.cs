namespace AccuracyMonitor.Architecture.Tests;

/// <summary>The projects under <c>src</c>, as they are on disk.</summary>
internal static class SourceTree
{
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
}
