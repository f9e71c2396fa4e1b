using AccuracyMonitor.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AccuracyMonitor.Cli.Display;

/// <summary>A table for the terminal.</summary>
internal static class SpectreTable
{
    public static Table Of(SummaryTable summary)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        if (summary.Title.Length > 0)
        {
            table.Title(new TableTitle(Markup.Escape(summary.Title)));
        }

        foreach (var (index, name) in summary.Header.Index())
        {
            var column = new TableColumn(new Markup($"[bold]{Markup.Escape(name)}[/]"));
            table.AddColumn(index == 0 ? column : column.RightAligned());
        }

        foreach (var row in summary.Rows)
        {
            table.AddRow(row.Select(cell => (IRenderable)new Text(cell)).ToArray());
        }

        return summary.Header.All(name => name.Length == 0) ? table.HideHeaders() : table;
    }
}
