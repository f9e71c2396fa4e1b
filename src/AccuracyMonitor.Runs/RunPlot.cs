using ScottPlot;

namespace AccuracyMonitor.Runs;

/// <summary>Draws the run: the truth, what each number said of it, the interval, conditions, alarms and changes of monitor.</summary>
internal static class RunPlot
{
    private const int Width = 1400;
    private const int Height = 760;
    private static readonly Color Truth = Colors.Black;
    private static readonly Color Confidence = Color.FromHex("#d62728");
    private static readonly Color LabelFree = Color.FromHex("#ff9900");
    private static readonly Color Audited = Color.FromHex("#1f77b4");
    private static readonly Color Combined = Color.FromHex("#2ca02c");

    /// <param name="path">Of the picture, SVG where it ends so and else PNG; overwritten.</param>
    /// <param name="points">At least two.</param>
    /// <param name="objective">Accuracy that the accuracy alarm watches; null: none is known.</param>
    public static void Write(string path, IReadOnlyList<RunPoint> points, double? objective)
    {
        using var plot = new Plot();
        ShadeConditions(plot, points);
        var (low, high) = Bounds(points);
        Band(plot, points, p => p.Audited, Audited);
        Band(plot, points, p => p.Combined, Combined);
        if (objective is { } promised)
        {
            plot.Add.HorizontalLine(promised, 1, Colors.Gray, LinePattern.Dotted).LegendText = "objective";
        }

        Line(plot, points, p => p.Confidence, Confidence, "model's own confidence");
        Line(plot, points, p => p.LabelFree.Value, LabelFree, "label-free estimate (gaps: withdrawn)");
        Line(plot, points, p => p.Audited.Value, Audited, "audited estimate, 95 % interval");
        Line(plot, points, p => p.Combined.Value, Combined, "combined estimate, 95 % interval");
        Line(plot, points, p => p.Truth, Truth, "hidden truth", width: 3);
        Line(plot, points, p => p.AnsweredTruth, Truth, "of it what audited and combined speak for", pattern: LinePattern.Dotted);
        Alarms(plot, points, low);
        MonitorChanges(plot, points, low);
        plot.Axes.SetLimits(0, points[^1].At.TotalSeconds, low - 0.06, high);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = v => v <= 1.001 ? $"{v:P0}" : "" };
        plot.Title("Accuracy of a model under shift, as the monitor saw it");
        plot.XLabel("seconds since the stream began (each point: the window up to then)");
        plot.YLabel("accuracy");
        plot.ShowLegend(Alignment.LowerLeft);
        if (path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
        {
            plot.SaveSvg(path, Width, Height);
        }
        else
        {
            plot.SavePng(path, Width, Height);
        }
    }

    private static (double Low, double High) Bounds(IReadOnlyList<RunPoint> points)
    {
        var values =
            points.SelectMany(p => (double[])[p.Truth, p.Confidence, p.LabelFree.Value, p.Audited.Lower, p.Audited.Upper, p.Combined.Lower, p.Combined.Upper])
            .Where(double.IsFinite).DefaultIfEmpty(0.5).ToArray();
        return (Math.Max(0, values.Min() - 0.05), Math.Min(1.1, values.Max() + 0.08));
    }

    private static void ShadeConditions(Plot plot, IReadOnlyList<RunPoint> points)
    {
        var (_, high) = Bounds(points);
        foreach (var (index, span) in Spans(points, p => p.Condition).Index())
        {
            var shade = plot.Add.HorizontalSpan(span.From, span.To, (index % 2 == 0 ? Colors.Gray : Colors.LightGray).WithAlpha(0.12));
            shade.LineStyle.Width = 0;
            var text = plot.Add.Text(span.Value, (span.From + span.To) / 2, high - 0.01);
            text.LabelFontSize = 16;
            text.LabelBold = true;
            text.LabelAlignment = Alignment.UpperCenter;
        }
    }

    private static void Band(Plot plot, IReadOnlyList<RunPoint> points, Func<RunPoint, PublishedNumber> number, Color color)
    {
        foreach (var run in Runs(points, p => number(p).IsPublished))
        {
            var band = plot.Add.FillY(
                [.. run.Select(p => p.At.TotalSeconds)], [.. run.Select(p => number(p).Lower)], [.. run.Select(p => number(p).Upper)]);
            band.FillColor = color.WithAlpha(0.22);
            band.LineWidth = 0;
        }
    }

    private static void Line(
        Plot plot, IReadOnlyList<RunPoint> points, Func<RunPoint, double> number, Color color, string name, float width = 2, LinePattern pattern = default)
    {
        foreach (var run in Runs(points, p => double.IsFinite(number(p))))
        {
            var line = plot.Add.ScatterLine(run.Select(p => p.At.TotalSeconds).ToArray(), run.Select(number).ToArray(), color);
            line.LineWidth = width;
            line.LinePattern = pattern;
            line.LegendText = name;
            name = "";
        }
    }

    private static void Alarms(Plot plot, IReadOnlyList<RunPoint> points, double low)
    {
        Bar(plot, points, p => p.AccuracyAlarm.Firing, low - 0.02, Confidence, "accuracy alarm");
        Bar(plot, points, p => p.ValidityAlarm.Firing, low - 0.04, Colors.Purple, "validity alarm");
    }

    private static void Bar(Plot plot, IReadOnlyList<RunPoint> points, Func<RunPoint, bool> firing, double y, Color color, string name)
    {
        foreach (var span in Spans(points, p => firing(p) ? "on" : "").Where(s => s.Value.Length > 0))
        {
            var bar = plot.Add.Line(span.From, y, span.To, y);
            bar.LineColor = color;
            bar.LineWidth = 6;
            bar.LegendText = name;
            name = "";
        }
    }

    private static void MonitorChanges(Plot plot, IReadOnlyList<RunPoint> points, double low)
    {
        var changes = points.Zip(points.Skip(1)).Where(pair => pair.First.MonitorVersion != pair.Second.MonitorVersion).Select(pair => pair.Second).ToArray();
        if (changes.Length > 0)
        {
            var marks = plot.Add.ScatterPoints(changes.Select(p => p.At.TotalSeconds).ToArray(), changes.Select(_ => low).ToArray(), Colors.Green);
            marks.MarkerShape = MarkerShape.FilledTriangleUp;
            marks.MarkerSize = 9;
            marks.LegendText = "monitor replaced";
        }
    }

    /// <summary>Stretches of points in a row for which something holds.</summary>
    private static IEnumerable<List<RunPoint>> Runs(IReadOnlyList<RunPoint> points, Func<RunPoint, bool> holds)
    {
        List<RunPoint> run = [];
        foreach (var point in points)
        {
            if (holds(point))
            {
                run.Add(point);
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    /// <summary>Stretches of the same value, from each one's first point to the next one's.</summary>
    private static List<(string Value, double From, double To)> Spans(IReadOnlyList<RunPoint> points, Func<RunPoint, string> value)
    {
        List<(string Value, double From, double To)> spans = [];
        foreach (var point in points)
        {
            var (at, now) = (point.At.TotalSeconds, value(point));
            if (spans.Count > 0)
            {
                spans[^1] = spans[^1] with { To = at };
            }

            if (spans.Count == 0 || spans[^1].Value != now)
            {
                spans.Add((now, spans.Count == 0 ? 0 : at, at));
            }
        }

        return spans;
    }
}
