namespace AccuracyMonitor.Repository.Tests;

internal static class SourceFiles
{
    public static string Text(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    /// <summary>C# files of src and tests, without generated ones, as full paths.</summary>
    public static IEnumerable<string> CSharp() =>
        from folder in (string[])["src", "tests"]
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Split('/').Intersect(["bin", "obj", "node_modules"]).Any()
        select file;

    private static string Root => AccuracyMonitor.Tests.Repository.Root;
}
