using AccuracyMonitor.Runs;

namespace AccuracyMonitor.Cli.Display;

/// <summary>Lines of text: for logs, pipes and terminals that can't redraw.</summary>
/// <param name="output">Where they go.</param>
/// <param name="line">What a line says of the newest window.</param>
/// <param name="time">The clock.</param>
internal sealed class PlainDisplay(TextWriter output, Func<RunView, RunPoint, string> line, TimeProvider time) : IRunDisplay
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public void Say(string text) => output.WriteLine(text);

    public async Task ShowAsync(Func<RunView> view, Task running, CancellationToken cancel)
    {
        var last = -1;

        // Cancelled, the delay below is none: until everything has stopped the same line would be written over and over.
        while (!running.IsCompleted && !cancel.IsCancellationRequested)
        {
            var now = view();
            if (now.ConditionIndex != last)
            {
                last = now.ConditionIndex;
                output.WriteLine($"{Wording.Time(now.Elapsed)} {now.Subject} now {now.Condition} ({now.Detail})");
            }

            if (now.Latest is { } point)
            {
                output.WriteLine(line(now, point));
            }

            await Task.WhenAny(running, Task.Delay(Every, time, cancel));
        }
    }

    public void ShowSummary(IEnumerable<SummaryTable> tables)
    {
        output.WriteLine();
        foreach (var table in tables)
        {
            WriteTable(table);
        }
    }

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
