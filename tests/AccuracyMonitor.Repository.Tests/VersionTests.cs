using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AccuracyMonitor.Repository.Tests;

/// <summary>The version is set in Directory.Build.props. Files that other tools read repeat it, and must agree.</summary>
public sealed class VersionTests
{
    private static readonly string Version =
        XDocument.Parse(SourceFiles.Text("Directory.Build.props")).Descendants("Version").Single().Value;

    [Theory]
    [InlineData("helm/accuracy-monitor/Chart.yaml", @"^version: (?<v>.+)$")]
    [InlineData("helm/accuracy-monitor/Chart.yaml", "^appVersion: \"(?<v>.+)\"$")]
    [InlineData("Dockerfile", "^ARG VERSION=(?<v>.+)$")]
    [InlineData("src/clients/typescript/package.json", "^  \"version\": \"(?<v>.+)\",$")]
    [InlineData("src/clients/python/monitor_client.py", "^__version__ = \"(?<v>.+)\"$")]
    public void Every_file_that_repeats_the_version_says_it_once_and_agrees(string file, string pattern)
    {
        var matches = Regex.Matches(SourceFiles.Text(file), pattern, RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        var found = matches.Select(m => m.Groups["v"].Value);

        found.ShouldBe([Version]);
    }

    [Fact]
    public void No_project_sets_a_version_of_its_own()
    {
        var projects = Directory.GetFiles(Path.Combine(AccuracyMonitor.Tests.Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

        projects.Where(p => XDocument.Load(p).Descendants().Any(e => e.Name.LocalName is "Version" or "VersionPrefix" or "AssemblyVersion")).ShouldBeEmpty();
    }
}
