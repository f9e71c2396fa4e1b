namespace AccuracyMonitor.Repository.Tests;

/// <summary>ARCHITECTURE.md names what is there.</summary>
public sealed class ArchitecturePageTests
{
    private static readonly string Page = SourceFiles.Text("ARCHITECTURE.md");

    [Fact]
    public void Every_project_has_a_row_and_a_readme()
    {
        var projects = RepositoryFiles.All.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(f => Path.GetFileNameWithoutExtension(f)).ToArray();

        projects.Length.ShouldBeGreaterThan(15);
        projects.Where(p => !Page.Contains($"| [`{p}`](src/{p}/README.md) |", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_folder_of_the_sidecar_has_a_row()
    {
        const string Sidecar = "src/AccuracyMonitor.Sidecar/";
        var rows = Page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1]).ToArray();
        var folders = RepositoryFiles.All.Where(f => f.StartsWith(Sidecar, StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal))
            .Select(f => f[Sidecar.Length..].Split('/')).Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct().ToArray();

        folders.Length.ShouldBeGreaterThan(15);
        folders.Where(f => !rows.Any(row => row.Contains($"`{f}`", StringComparison.Ordinal))).ShouldBeEmpty();
    }
}
