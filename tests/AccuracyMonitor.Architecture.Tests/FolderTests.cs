namespace AccuracyMonitor.Architecture.Tests;

public sealed class FolderTests
{
    /// <summary>Cycles that are still there, to be removed and never added to. A project that is not named has none.</summary>
    private static readonly Dictionary<string, string[][]> Known = new(StringComparer.Ordinal)
    {
        ["AccuracyMonitor.Storage"] = [["MonitorStore.cs", "StoreEngine.cs", "Writing"]],
        ["AccuracyMonitor.Training"] =
        [
            ["Evaluation", "FineTuneOptions.cs", "MonitorTrainer.cs", "Networks", "Quantized", "Schedules", "TrainingOptions.cs"],
        ],
    };

    public static TheoryData<string> Projects => [.. SourceTree.ProjectFiles.Select(f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_DependOnEachOtherOneWay(string project)
    {
        var graph = FolderGraph.Of(SourceTree.ProjectFiles.Single(f => Path.GetFileNameWithoutExtension(f) == project));
        var known = Known.GetValueOrDefault(project, []);

        var added = graph.Cycles().Where(c => !known.Any(k => c.All(k.Contains))).ToArray();

        added.ShouldBeEmpty(
            string.Join(Environment.NewLine, added.Select(c => $"{project}: cycle of {string.Join(", ", c)}{Environment.NewLine}{graph.Explain(c)}")));
        known.Where(k => !graph.Cycles().Any(c => c.All(k.Contains))).ShouldBeEmpty("A known cycle is gone: take it off the list.");
    }
}
