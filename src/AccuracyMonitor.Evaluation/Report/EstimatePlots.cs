using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>What a method said of each condition's first window, over the truth.</summary>
internal static class EstimatePlots
{
    /// <summary>Methods that are drawn; all are in the tables.</summary>
    public static IReadOnlyList<string> Shown { get; } =
        [.. EstimatorTable.All.Where(e => e.PlotPlace is not null).OrderBy(e => e.PlotPlace).Select(e => e.Name)];

    /// <summary>One figure a method, on the same axes.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<ConditionResult> conditions)
    {
        var examples = conditions.SelectMany(c => c.Examples.Select(e => (Name: $"{c.File} {c.Condition}", Example: e)))
            .Where(e => Shown.Contains(e.Example.Method, StringComparer.Ordinal) && double.IsFinite(e.Example.Value)).ToArray();
        var least = examples.Select(e => Math.Min(e.Example.Truth, e.Example.Bounds?.Lower ?? e.Example.Value)).DefaultIfEmpty(0).Min();
        foreach (var method in Shown)
        {
            var its = examples.Where(e => string.Equals(e.Example.Method, method, StringComparison.Ordinal)).ToArray();
            if (its.Length > 0)
            {
                yield return Draw(method, its, least);
            }
        }
    }

    private static string Draw(string method, (string Name, Example Example)[] examples, double least)
    {
        var missed = examples.Count(e => Missed(e.Example));
        var caption = examples.All(e => e.Example.Bounds is null)
            ? $"{examples.Length} windows, no interval"
            : $"{missed} of {examples.Length} intervals missed the truth";
        var plot = new SvgPlot(
            $"{method}: estimate over truth", $"One point a condition, on the diagonal where the estimate is right, with its interval. {caption}.",
            Axis.OfShares(least, "true accuracy of the window"), Axis.OfShares(least, "estimate, with its interval"));
        plot.Line(0, 0, 1, 1, "reference");

        // The misses on top: they are what is looked for.
        foreach (var (name, example) in examples.OrderBy(e => Missed(e.Example)))
        {
            if (example.Bounds is { } bounds)
            {
                plot.Line(example.Truth, bounds.Lower, example.Truth, bounds.Upper, Missed(example) ? "interval missed" : "interval");
            }

            var interval = example.Bounds is { } b ? Markup.Text($", interval {b.Lower:0.000} to {b.Upper:0.000}") : "";
            plot.Point(example.Truth, example.Value, Missed(example),
                Markup.Text($"{name}: truth {example.Truth:0.000}, estimate {example.Value:0.000}{interval}"));
        }

        return Markup.Figure(plot.ToString(), caption);
    }

    private static bool Missed(Example example) => example.Bounds is { } bounds && !Tally.Holds(bounds, example.Truth);
}
