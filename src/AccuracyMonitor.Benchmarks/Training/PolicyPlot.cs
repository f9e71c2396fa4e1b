using AccuracyMonitor.Training.PolicySearch;
using AccuracyMonitor.Training.Schedules;
using ScottPlot;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary>Plots the held-out loss of each policy over the steps (mean over seeds) and the learning rate of the best one.</summary>
internal static class PolicyPlot
{
    private const int Width = 1400;
    private const int Height = 900;

    /// <param name="path">PNG file; overwritten.</param>
    /// <param name="result">Result to plot.</param>
    public static void Write(string path, PolicyBenchResult result)
    {
        var figure = new Multiplot();
        figure.AddPlots(2);
        Losses(figure.GetPlot(0), result);
        Rates(figure.GetPlot(1), result);
        figure.SavePng(path, Width, Height);
    }

    private static void Losses(Plot plot, PolicyBenchResult result)
    {
        var palette = new ScottPlot.Palettes.Category20();
        foreach (var (i, score) in result.Ranked.Index())
        {
            Line(plot, Mean(score), palette.GetColor(i), score.Function, i == 0 ? 4 : 1.5f);
        }

        Line(plot, Mean(result.Constant), Colors.Black, "tuned FIX", 3);
        var end = result.Ranked.Append(result.Constant).Select(s => s.FinalLoss).Where(double.IsFinite).ToArray();
        var best = result.Ranked.Min(s => s.BestLoss);

        // Clips the axis: a diverged run or the loss of the initial weights would make the other lines indistinguishable.
        var top = Math.Min(end.Max(), best + (4 * (end.Order().ElementAt(end.Length / 2) - best)) + 0.01);
        plot.Axes.SetLimits(0, result.Steps, best - 0.002, top + 0.01);
        plot.Title($"Held-out loss of {result.Ranked.Count} learning-rate policies, mean of {result.Seeds} seeds");
        plot.YLabel("logistic loss, nats");
        plot.ShowLegend(Alignment.UpperRight);
    }

    private static void Rates(Plot plot, PolicyBenchResult result)
    {
        foreach (var (score, color, name) in (
            (PolicyScore, Color, string)[])[(result.Winner, Colors.Red, $"winner: {result.Winner.Function}"), (result.Constant, Colors.Black, "tuned FIX")])
        {
            var steps = score.Runs[0].Curve[^1].Step;
            var run = RatePolicy.Parse(score.Policy).Begin(steps);
            Line(plot, [.. Enumerable.Range(0, steps).Select(t => ((double)t, run.At(t)))], color, name, 2);
        }

        plot.Axes.SetLimitsX(0, result.Steps);
        plot.YLabel("learning rate");
        plot.XLabel("step");
        plot.ShowLegend(Alignment.UpperRight);
    }

    private static (double X, double Y)[] Mean(PolicyScore score) =>
        [.. score.Runs[0].Curve.Select((point, i) => ((double)point.Step, score.Runs.Average(r => r.Curve[i].Loss)))];

    private static void Line(Plot plot, (double X, double Y)[] points, Color color, string name, float width)
    {
        var finite = points.Where(p => double.IsFinite(p.Y)).ToArray();
        var line = plot.Add.ScatterLine(finite.Select(p => p.X).ToArray(), finite.Select(p => p.Y).ToArray(), color);
        line.LineWidth = width;
        line.LegendText = name;
    }
}
