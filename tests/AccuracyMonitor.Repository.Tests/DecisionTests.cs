namespace AccuracyMonitor.Repository.Tests;

public sealed class DecisionTests
{
    private static readonly string Folder = Path.Combine(AccuracyMonitor.Tests.Repository.Root, "docs", "decisions");

    [Fact]
    public void Every_decision_has_a_number_of_its_own_and_is_listed_in_order()
    {
        var pages = Directory.GetFiles(Folder, "0*.md").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToList();
        var listed =
            File.ReadLines(Path.Combine(Folder, "README.md")).Where(l => l.StartsWith("| [0", StringComparison.Ordinal)).Select(l => l.Split('(', ')')[1]);

        listed.ShouldBe(pages);
        pages.Select(p => p[..4]).ShouldBeUnique();
    }
}
