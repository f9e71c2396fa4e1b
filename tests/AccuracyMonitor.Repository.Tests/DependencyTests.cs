using System.Text;

namespace AccuracyMonitor.Repository.Tests;

/// <summary>Every package that the programs are made of is listed with a licence that Apache-2.0 allows.</summary>
public sealed class DependencyTests
{
    private const string Page = "docs/reference/dependencies.md";
    private const string Marker = "| package |";

    /// <summary>To update the page, run this test with ACCURACY_MONITOR_WRITE_DOCS=1 after a build of Monitor.sln.</summary>
    [Fact]
    public void The_page_of_dependencies_lists_every_package_of_the_lock_files()
    {
        var path = Path.Combine(RepositoryFiles.Root, Page);
        if (Environment.GetEnvironmentVariable("ACCURACY_MONITOR_WRITE_DOCS") == "1")
        {
            var page = File.ReadAllText(path);
            File.WriteAllText(path, page[..page.IndexOf(Marker, StringComparison.Ordinal)] + Table());
        }

        Listed().Select(l => (l.Name, l.Version)).ShouldBe(
            Dependencies.All.Select(p => (p.Name, p.Version)), $"run this test with ACCURACY_MONITOR_WRITE_DOCS=1 to write {Page} anew");
    }

    [Fact]
    public void Every_package_has_a_licence_that_is_allowed() =>
        Listed().Where(l => !Dependencies.AllowedLicences.Contains(l.Licence)).ShouldBeEmpty();

    [Fact]
    public void The_page_of_dependencies_says_what_the_packages_say_of_their_licences()
    {
        var listed = Listed().ToDictionary(l => (l.Name, l.Version), l => l.Licence);
        var present = Dependencies.All.Select(p => (Package: p, Licence: Dependencies.LicenceOf(p))).Where(p => p.Licence is not null).ToList();

        // Those of the projects that were built to run this test, at least.
        present.Count.ShouldBeGreaterThan(2);
        present.Where(p => listed.GetValueOrDefault((p.Package.Name, p.Package.Version)) != p.Licence).ShouldBeEmpty();
    }

    private static string Table()
    {
        var table = new StringBuilder($"{Marker} version | licence | part of |\n|---|---|---|---|\n");
        foreach (var package in Dependencies.All)
        {
            table.Append(null, $"| {package.Name} | {package.Version} | {Dependencies.LicenceOf(package) ?? "unknown"} | {package.Projects} |\n");
        }

        return table.ToString();
    }

    private static List<(string Name, string Version, string Licence)> Listed()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFiles.Root, Page));
        return
        [
            .. page[page.IndexOf(Marker, StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2)
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (cells[1], cells[2], cells[3])),
        ];
    }
}
