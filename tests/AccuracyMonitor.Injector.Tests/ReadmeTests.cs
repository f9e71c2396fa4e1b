using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Tests;

public sealed class ReadmeTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "injection.md"));

    /// <summary>The tables are written by the code: copy what this expects into the page.</summary>
    [Fact]
    public void The_decision_table_is_that_of_the_code()
    {
        var table = string.Join('\n', Reason.All.Select(r => $"| {Reason.Label(r.Outcome)} | `{r.Name}` | {r.When} |"));

        Page.ShouldContain($"| outcome | reason | when |\n|---|---|---|\n{table}\n\n");
    }

    [Fact]
    public void The_table_of_annotations_is_that_of_the_code()
    {
        var table = string.Join('\n', Annotations.Options.Select(o => $"| `{o.Name[Annotations.Prefix.Length..]}` | {o.Meaning} |"));

        Page.ShouldContain($"| `accuracy-monitor.io/…` | |\n|---|---|\n{table}\n\n");
    }
}
