namespace AccuracyMonitor.Tests;

internal static class Repository
{
    /// <summary>The folder with the solution file.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Monitor.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests don't lie in the repository.");
        }

        return folder.FullName;
    }
}
