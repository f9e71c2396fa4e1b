using System.Text;
using AccuracyMonitor.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AccuracyMonitor.Cli.Display;

/// <summary>One picture of the run.</summary>
internal static class LiveView
{
    /// <summary>Lines of everything but the chart.</summary>
    private const int OtherRows = 20;

    private const int AxisWidth = 7;
    private const string TruthColor = "white";
    private const string ConfidenceColor = "red";
    private const string LabelFreeColor = "yellow";
    private const string AuditedColor = "deepskyblue1";
    private const string CombinedColor = "green";

    public static IRenderable Render(RunView view, int width, int height) => new Panel(new Rows(
            Story(view),
            Text.Empty,
            Numbers(view),
            Text.Empty,
            Chart(view, Math.Clamp(width - AxisWidth - 6, 20, 150), Math.Clamp(height - OtherRows, 4, 18)),
            Legend(),
            Text.Empty,
            States(view)))
        .Header("[bold] Accuracy Monitor: how accurate is the model right now? [/]").BorderColor(Color.Grey).Padding(1, 0);

    private static Markup Story(RunView view)
    {
        var text = new StringBuilder($"[bold]{Wording.Time(view.Elapsed)}[/] of {Wording.Time(view.Total)}   {view.Subject}: ");
        foreach (var (index, condition) in view.Story.Index())
        {
            var name = Markup.Escape(condition);
            text.Append(
                index == view.ConditionIndex ? $"[black on white] {name} [/] " : index < view.ConditionIndex ? $"[white]{name}[/] " : $"[grey]{name}[/] ");
        }

        return new Markup(text.Append($" [grey]({Markup.Escape(view.Detail)})[/]").ToString());
    }

    private static Table Numbers(RunView view)
    {
        var table = new Table().Border(TableBorder.None).AddColumn(new TableColumn("").NoWrap())
            .AddColumn(new TableColumn("[grey]accuracy[/]").RightAligned().NoWrap())
            .AddColumn(new TableColumn("[grey]off by[/]").RightAligned().NoWrap())
            .AddColumn(new TableColumn("[grey]95 % interval[/]").NoWrap())
            .AddColumn("");
        var point = view.Latest;
        var truth = point?.Truth ?? double.NaN;
        var answered = point?.AnsweredTruth ?? double.NaN;
        Row($"[bold {TruthColor}]hidden truth[/]", truth, "", "", "nobody tells the monitor");
        Row($"[{TruthColor}]where answered[/]", answered, "", "", "for audited, combined");
        Row($"[{ConfidenceColor}]model's own confidence[/]", point?.Confidence ?? double.NaN, Off(point?.Confidence), "", "mean maximum softmax");
        Row($"[{LabelFreeColor}]label-free estimate[/]", point?.LabelFree.Value ?? double.NaN, Off(point?.LabelFree.Value), Between(point?.LabelFree),
            Note(point?.LabelFree));
        Row(
            $"[{AuditedColor}]audited estimate[/]",
            point?.Audited.Value ?? double.NaN,
            Wording.Off(point?.Audited.Value ?? double.NaN, answered),
            Between(point?.Audited),
            point is { Audited.IsPublished: true } ? $"{point.Labels} labels in the window" : Note(point?.Audited));
        Row(
            $"[{CombinedColor}]combined estimate[/]",
            point?.Combined.Value ?? double.NaN,
            Wording.Off(point?.Combined.Value ?? double.NaN, answered),
            Between(point?.Combined),
            Note(point?.Combined));
        return table;

        void Row(string name, double value, string off, string interval, string note) =>
            table.AddRow(name, $"[bold]{Wording.Percent(value)}[/]", off, Markup.Escape(interval), $"[grey]{note}[/]");

        string Off(double? value) => Wording.Off(value ?? double.NaN, truth);

        string Between(PublishedNumber? number) => number is null ? "" : Wording.Interval(number);

        string Note(PublishedNumber? number) => Wording.State(number?.State ?? V1.EstimateState.Unspecified);
    }

    private static Markup Chart(RunView view, int columns, int rows)
    {
        var low = view.Points.SelectMany(p => (double[])[p.Truth, p.Confidence, p.LabelFree.Value, p.Audited.Lower])
            .Where(double.IsFinite).DefaultIfEmpty(0.6).Min();
        low = Math.Clamp(Math.Floor(low * 10) / 10, 0, 0.6);
        var cells = TextChart.Draw(view.Points, view.Total, columns, rows, low);
        var text = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            var label = row % 3 == 0 ? $"{100 * (1 - (row * (1 - low) / rows)),4:F0} %" : "";
            text.Append($"[grey]{label,AxisWidth - 1}│[/]");
            for (var column = 0; column < columns; column++)
            {
                text.Append(Symbol(cells[row, column]));
            }

            text.Append('\n');
        }

        return new Markup(text.ToString().TrimEnd('\n'));
    }

    private static string Symbol(ChartMark mark) => mark switch
    {
        ChartMark.Interval => $"[{AuditedColor} dim]│[/]",
        ChartMark.Confidence => $"[{ConfidenceColor}]·[/]",
        ChartMark.LabelFree => $"[{LabelFreeColor}]○[/]",
        ChartMark.Audited => $"[{AuditedColor}]●[/]",
        ChartMark.Truth => $"[bold {TruthColor}]━[/]",
        _ => " ",
    };

    private static Markup Legend() => new(
        $"        [{TruthColor}]━ truth[/]   [{ConfidenceColor}]· confidence[/]   [{LabelFreeColor}]○ label-free[/]   [{AuditedColor}]● audited, │ its "
            + $"interval[/]");

    private static Grid States(RunView view)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        var point = view.Latest;
        grid.AddRow(
            new Markup("labels"),
            new Markup(
                $"[bold]{view.Requests:N0}[/] of {view.Predictions:N0} predictions ([bold]{view.LabelShare:P2}[/]), {view.Pending} open; "
                + $"answered {view.Annotator.Answered:N0}, of them late {view.Annotator.Late}; skipped {view.Annotator.Skipped}, never "
                    + $"{view.Annotator.Ignored}"));
        grid.AddRow(new Markup("accuracy alarm"), Alarm(point?.AccuracyAlarm));
        grid.AddRow(new Markup("validity alarm"), Alarm(point?.ValidityAlarm));
        grid.AddRow(
            new Markup("monitor"), new Markup($"[bold]{Markup.Escape(point?.MonitorVersion ?? "–")}[/], changes by labels: {view.MonitorChanges}"));
        return grid;
    }

    private static Markup Alarm(V1.AlarmState? alarm) => alarm switch
    {
        null => new Markup("[grey]–[/]"),
        { Firing: true } => new Markup($"[bold white on red] FIRING [/] {Markup.Escape(alarm.Reason)}"),
        _ => new Markup($"[green]quiet[/] [grey]evidence {alarm.LogEvidence:F1} of {alarm.LogThreshold:F1}[/]"),
    };
}
