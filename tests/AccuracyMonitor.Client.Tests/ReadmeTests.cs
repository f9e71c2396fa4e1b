namespace AccuracyMonitor.Client.Tests;

public sealed class ReadmeTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "connect-csharp.md"));

    [Fact]
    public void Every_snippet_of_the_page_is_code_that_compiles()
    {
        var compiled = ReadmeCode.Unindented(File.ReadAllText(Path.Combine(Repository.Root, "tests", "AccuracyMonitor.Client.Tests", "ReadmeSnippets.cs")));
        var snippets = ReadmeCode.Snippets(Page);

        snippets.Count.ShouldBeGreaterThan(4);
        snippets = [.. snippets, .. ReadmeCode.Snippets(File.ReadAllText(Path.Combine(Repository.Root, "src", "AccuracyMonitor.Client", "README.md")))];
        snippets.ShouldAllBe(s => compiled.Contains(s, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_names_every_instrument_and_every_reason()
    {
        await using var client =
            MonitorClient.Connect(new MonitorClientOptions { Address = "unix:///nowhere/at/all.sock", Model = "m", Version = "1", ClassCount = 2 });
        HashSet<string> names = [];
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == ClientCounters.MeterName)
            {
                names.Add(instrument.Name["accuracy_monitor.client".Length..]);
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "reason")
                {
                    names.Add($"`{tag.Value}`");
                }
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();

        names.Count.ShouldBeGreaterThan(10);
        names.ShouldAllBe(n => Page.Contains(n, StringComparison.Ordinal));
    }
}
