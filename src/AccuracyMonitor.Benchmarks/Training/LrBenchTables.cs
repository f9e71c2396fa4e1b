using AccuracyMonitor.Training.PolicySearch;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary>Tables of <c>benchmarks learning-rates</c>.</summary>
internal static class LrBenchTables
{
    public static void Write(IAnsiConsole console, PolicyBenchResult result)
    {
        console.WriteLine($"Range test: least loss at rate {result.Range.Best}, of use up to {result.Range.Largest} "
            + $"({string.Join(", ", result.Range.Points.Select(p => $"{p.Rate}: {p.Loss:0.0000}"))}; first weights {result.Range.StartLoss:0.0000}).");
        console.Write(Candidates(result));
        console.WriteLine($"* utility: final held-out loss within one standard deviation of the best's. Among these the fewest steps to the tuned constant's "
            + "final loss wins, then the smallest spread over scaled rates.");
        if (result.Scaled.Count > 0)
        {
            console.Write(Scaled(result));
        }

        if (result.Confirmed.Count > 0)
        {
            console.Write(Confirmed(result));
            console.WriteLine(
                $"Bar: the tuned constant's final loss in at most half of its {result.Steps} steps on {result.HalvedSeeds} of {result.Confirmed.Count} fresh "
                    + $"seeds (and still there "
                + $"at the end on {result.EndedBelowSeeds}); mean AUROC {result.Confirmed.Average(c => c.Winner.Test.Auroc):0.0000} beside "
                    + $"{result.Confirmed.Average(c => c.Constant.Test.Auroc):0.0000}.");
        }

        foreach (var left in result.LeftOut)
        {
            console.WriteLine($"Left out: {left}.");
        }

        console.WriteLine(
            $"{result.Elapsed.TotalSeconds:0} s for {result.Ranked.Count} policies, {result.Seeds} seeds, {result.PolicySteps} steps each (constants "
                + $"{result.Steps}).");
        console.WriteLine($"Winner: {result.Winner.Policy}");
    }

    private static Table Candidates(PolicyBenchResult result)
    {
        var table = new Table().AddColumns(
            "policy", "final loss", "± seeds", "best loss", "at step", "steps to target", "to stay", "reached", "AUROC", "Brier", "est. error", "AC", "CD",
            "CDAC", "loss diff.", "rate spread");
        foreach (var score in result.Ranked)
        {
            Add(table, (score.AsGood ? "*" : "") + score.Function, score);
        }

        Add(table, "tuned FIX", result.Constant);
        return table;
    }

    private static void Add(Table table, string name, PolicyScore s) => table.AddRow(
        name,
        $"{s.FinalLoss:0.0000}",
        $"{s.FinalLossDeviation:0.0000}",
        $"{s.BestLoss:0.0000}",
        $"{s.BestStep:0}",
        $"{s.StepsToTarget:0}",
        $"{s.StepsToStay:0}",
        $"{s.Reached:P0}",
        $"{s.Auroc:0.0000}",
        $"{s.Brier:0.0000}",
        $"{s.EstimateError:0.0000}",
        $"{s.Confidence.Average:0.000}",
        $"{s.Confidence.Deviation:0.000}",
        $"{s.Confidence.AcrossClasses:0.000}",
        $"{s.LossDifference:0.0000}",
        s.RateSpread is { } spread ? $"{spread:0.0000}" : "–");

    private static Table Scaled(PolicyBenchResult result)
    {
        var scales = result.Scaled.Select(s => s.Scale).Distinct().Order().ToArray();
        var table = new Table().AddColumn("test log-loss / AUROC, rates times").AddColumns([.. scales.Select(s => $"{s}")]);
        foreach (var policy in result.Scaled.GroupBy(s => s.Policy, StringComparer.Ordinal))
        {
            table.AddRow([policy.Key.Split(';')[0].Split(" l=")[0],
                .. policy.OrderBy(s => s.Scale).Select(s => $"{s.Run.Test.LogLoss:0.0000} / {s.Run.Test.Auroc:0.0000}")]);
        }

        return table;
    }

    private static Table Confirmed(PolicyBenchResult result)
    {
        var table = new Table().AddColumns("fresh seed", "tuned FIX: final loss", "its first touch", "winner: final loss", "steps to FIX's", "to stay",
            "AUROC FIX", "AUROC winner", "est. error FIX", "est. error winner");
        foreach (var c in result.Confirmed)
        {
            var target = c.Constant.FinalLoss;
            table.AddRow(
                $"{c.Winner.Seed}",
                $"{target:0.0000}",
                $"{c.Constant.StepsTo(target)}",
                $"{c.Winner.FinalLoss:0.0000}",
                $"{c.Winner.StepsTo(target)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "never"}",
                $"{c.Winner.StepsToStay(target)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "never"}",
                $"{c.Constant.Test.Auroc:0.0000}",
                $"{c.Winner.Test.Auroc:0.0000}",
                $"{c.Constant.Test.EstimateError:0.0000}",
                $"{c.Winner.Test.EstimateError:0.0000}");
        }

        return table;
    }
}
