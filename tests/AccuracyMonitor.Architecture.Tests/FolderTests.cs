namespace AccuracyMonitor.Architecture.Tests;

public sealed class FolderTests
{
    public static TheoryData<string> Projects => [.. SourceTree.ProjectFiles.Select(f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_DependOnEachOtherOneWay(string project)
    {
        var graph = FolderGraph.Of(SourceTree.ProjectFiles.Single(f => Path.GetFileNameWithoutExtension(f) == project));
        var cycles = graph.Cycles();

        cycles.ShouldBeEmpty(
            string.Join(Environment.NewLine, cycles.Select(c => $"{project}: cycle of {string.Join(", ", c)}{Environment.NewLine}{graph.Explain(c)}")));
    }
}
