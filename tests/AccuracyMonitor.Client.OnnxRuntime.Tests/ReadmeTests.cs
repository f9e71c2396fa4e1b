namespace AccuracyMonitor.Client.OnnxRuntime.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void Every_snippet_of_the_page_is_code_that_compiles()
    {
        var snippets = ReadmeCode.Snippets(File.ReadAllText(Path.Combine(Repository.Root, "src", "AccuracyMonitor.Client.OnnxRuntime", "README.md")));
        var compiled = ReadmeCode.Unindented(
            File.ReadAllText(Path.Combine(Repository.Root, "tests", "AccuracyMonitor.Client.OnnxRuntime.Tests", "ReadmeSnippets.cs")));

        snippets.Count.ShouldBe(4);
        snippets.ShouldAllBe(s => compiled.Contains(s, StringComparison.Ordinal));
    }
}
