namespace AccuracyMonitor.Cli.Demo;

/// <summary>Lines of text: for logs, pipes and terminals that can't redraw.</summary>
internal sealed class PlainDisplay(TextWriter output, TimeProvider time) : IDemoDisplay
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public void Say(string line) => output.WriteLine(line);

    public async Task ShowAsync(Func<DemoView> view, Task running, CancellationToken cancel)
    {
        Regime? last = null;
        while (!running.IsCompleted)
        {
            var now = view();
            if (now.Regime != last)
            {
                last = now.Regime;
                output.WriteLine($"{Wording.Time(now.Elapsed)} images now {last.Name} ({Wording.Severity(last)})");
            }

            if (now.Latest is { } point)
            {
                output.WriteLine(Line(now, point));
            }

            await Task.WhenAny(running, Task.Delay(Every, time, cancel));
        }
    }

    public void ShowSummary(RunSummary summary)
    {
        output.WriteLine();
        foreach (var table in SummaryTables.Of(summary))
        {
            WriteTable(table);
        }
    }

    internal static string Line(DemoView view, RunPoint point) => string.Join(
        "  ",
        Wording.Time(view.Elapsed),
        $"{point.Regime.Name,-8}",
        $"truth {Wording.Percent(point.Truth),6}",
        $"confidence {Wording.Percent(point.Confidence),6}",
        $"label-free {(point.LabelFree.IsPublished ? Wording.Percent(point.LabelFree.Value) : Wording.State(point.LabelFree.State)),9}",
        $"audited {Wording.Percent(point.Audited.Value),6} {Wording.Interval(point.Audited),-12}",
        $"labels {view.Requests,5} ({view.LabelShare:P2})",
        $"alarms accuracy {OnOff(point.AccuracyAlarm.Firing)}, validity {OnOff(point.ValidityAlarm.Firing)}",
        $"monitor {point.MonitorVersion}");

    private static string OnOff(bool firing) => firing ? "ON" : "off";

    private void WriteTable(SummaryTable table)
    {
        string[][] rows = [table.Header, .. table.Rows];
        var widths = Enumerable.Range(0, table.Header.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        output.WriteLine(table.Title);
        foreach (var row in rows)
        {
            output.WriteLine("  " + string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        }

        output.WriteLine();
    }
}
