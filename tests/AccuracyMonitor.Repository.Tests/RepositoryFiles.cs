namespace AccuracyMonitor.Repository.Tests;

/// <summary>Files of the repository that people wrote, as paths relative to its root, with slashes.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] Folders = ["docs", "helm", "proto", "src", "tests"];
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules"];

    public static string Root => AccuracyMonitor.Tests.Repository.Root;

    public static IReadOnlyList<string> All { get; } =
    [
        .. Folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Root, f), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Root))
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Intersect(NotOurs).Any())
            .Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyDictionary<string, Document> Documents { get; } =
        All.Where(f => f.EndsWith(".md", StringComparison.Ordinal)).ToDictionary(f => f, f => new Document(f), StringComparer.Ordinal);

    public static string FolderOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";

    public static string Resolve(string folder, string relative) =>
        Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, folder, relative))).Replace('\\', '/');

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));
}
