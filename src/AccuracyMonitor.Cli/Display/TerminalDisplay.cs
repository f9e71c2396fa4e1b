using AccuracyMonitor.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AccuracyMonitor.Cli.Display;

/// <summary>The live display, redrawn twice a second.</summary>
internal sealed class TerminalDisplay(IAnsiConsole console, TimeProvider time) : IRunDisplay
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(500);

    public void Say(string line) => console.MarkupLineInterpolated($"[grey]{line}[/]");

    public Task ShowAsync(Func<RunView> view, Task running, CancellationToken cancel) =>
        console.Live(Picture(view())).StartAsync(async context =>
        {
            while (!running.IsCompleted && !cancel.IsCancellationRequested)
            {
                context.UpdateTarget(Picture(view()));
                await Task.WhenAny(running, Task.Delay(Redraw, time, cancel));
            }

            context.UpdateTarget(Picture(view()));
        });

    public void ShowSummary(IEnumerable<SummaryTable> tables)
    {
        foreach (var table in tables)
        {
            console.WriteLine();
            console.Write(SpectreTable.Of(table));
        }
    }

    private IRenderable Picture(RunView view) => LiveView.Render(view, console.Profile.Width, console.Profile.Height);
}
