using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Hub.Tests.Support;

namespace AccuracyMonitor.Hub.Tests.Composition;

/// <summary>Names and labels of the metrics are an interface.</summary>
[Collection(nameof(Postgres))]
public sealed class MetricNameTests(Postgres postgres)
{
    [Fact]
    public async Task Names_types_and_labels_are_those_of_the_golden_file_and_the_guide_has_them()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());

        string[] lines =
        [
            .. hub.Get<MetricRegistry>().Read().Select(f => f.Family)
                .Select(f => $"{f.Description.Name} {f.Type.ToString().ToLowerInvariant()} {string.Join(',', f.Description.Labels)}".TrimEnd())
                .Order(StringComparer.Ordinal),
        ];

        lines.ShouldBe(await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "tests/AccuracyMonitor.Hub.Tests/Golden/metrics.txt")));
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/guides/hub.md"));
        lines.Select(l => l.Split(' ')[0][MetricRegistry.Prefix.Length..])
            .Where(n => !guide.Contains($"`{n}`", StringComparison.Ordinal) && !guide.Contains($"`{n}{{", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
