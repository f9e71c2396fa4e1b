namespace AccuracyMonitor.Architecture.Tests;

public sealed class ProjectTests
{
    private static readonly string[] Deployables = ["Core", "Scoring", "Training", "Storage", "Protocol", "Client", "Hosting", "Capture"];

    /// <summary>Which projects each may refer to.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Core"] = [],
        ["Scoring"] = ["Core"],
        ["Training"] = ["Core", "Scoring"],
        ["Storage"] = ["Core"],
        ["Protocol"] = [],
        ["Client"] = ["Protocol"],
        ["Client.OnnxRuntime"] = ["Client", "Protocol"],
        ["Hosting"] = [],
        ["Capture"] = ["Hosting", "Protocol"],
        ["Bridge"] = ["Client", "Hosting", "Protocol"],
        ["Sidecar"] = Deployables,
        ["Hub"] = [.. Deployables, "Bridge"],
        ["Injector"] = Deployables,
        ["Evaluation"] = ["Core", "Protocol", "Scoring", "Training"],
        ["Demo"] = ["Client", "Client.OnnxRuntime", "Protocol", "Scoring"],
        ["Runs"] = ["Core", "Scoring", "Training", "Protocol", "Client", "Evaluation", "Demo"],
        ["Cli"] = [.. Deployables, "Bridge", "Client.OnnxRuntime", "Sidecar", "Hub", "Injector", "Evaluation", "Demo", "Runs"],
        ["Benchmarks"] = [.. Deployables, "Client.OnnxRuntime", "Sidecar", "Hub", "Injector", "Evaluation", "Demo", "Runs", "Cli"],
    };

    public static TheoryData<string> Projects => [.. SourceTree.ProjectFiles.Select(SourceTree.NameOf)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_OfAProject_AreThoseItMayHave(string project)
    {
        Allowed.ShouldContainKey(project, "A new project needs a line in this table.");
        SourceTree.Items(project, "ProjectReference").Select(SourceTree.NameOf).Except(Allowed[project]).ShouldBeEmpty($"{project} may not refer to them.");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Sources_OfAProject_AreItsOwn(string project)
    {
        SourceTree.Items(project, "Compile").Where(i => i.Contains("..", StringComparison.Ordinal))
            .ShouldBeEmpty($"{project} compiles source files of another project.");
    }
}
