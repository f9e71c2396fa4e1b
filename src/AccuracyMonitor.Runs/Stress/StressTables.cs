using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>What <c>stress</c> prints, means over its seeds.</summary>
internal static class StressTables
{
    private const double LeastRatio = 2;
    private const double LeastCut = 0.5;

    public static IEnumerable<SummaryTable> Of(IReadOnlyList<StressOutcome> outcomes)
    {
        var seeds = outcomes.Count == 1 ? $"seed {outcomes[0].Report.Seed}" : $"means of seeds {outcomes[0].Report.Seed} to {outcomes[^1].Report.Seed}";
        var count = outcomes[0].Report.Attacks.Count;
        AttackReport[] Of(int attack) => [.. outcomes.Select(o => o.Report.Attacks[attack])];
        yield return new SummaryTable(
            $"Attacks on {outcomes[0].Report.Subject.Reported.Count} images, {seeds}",
            ["attack", "success", "pixels changed", "queries", "true accuracy", "confidence", "monitor", "error", "hardened", "error",
                "AUROC among clean: softmax", "monitor", "hardened"],
            [.. Enumerable.Range(0, count).Select(i => Of(i)).Select(a => (string[])
            [
                a[0].Set.Attack.Name,
                $"{a.Average(x => x.Set.Success):P1}",
                $"{a.Average(x => x.Set.MeanChanged):0.0}",
                $"{a.Average(x => x.Set.MeanQueries):0}",
                $"{a.Average(x => x.Accuracy):0.000}",
                $"{a.Average(x => x.Confidence):0.000}",
                $"{a.Average(x => x.Plain.MeanScore):0.000}",
                $"{a.Average(x => x.PlainError):0.000}",
                Maybe(a, x => x.Hardened?.MeanScore, "0.000"),
                Maybe(a, x => x.HardenedError, "0.000"),
                $"{a.Average(x => x.Mixed.Softmax):0.000}",
                $"{a.Average(x => x.Mixed.Plain):0.000}",
                Maybe(a, x => x.Mixed.Hardened, "0.000"),
            ])]);
        yield return Clean(outcomes, seeds);
        if (outcomes[0].Retraining is not null)
        {
            yield return Retrained(outcomes, seeds);
        }
    }

    /// <summary>Bars of the swarm attack by selector; empty if neither was run.</summary>
    public static IEnumerable<string> Bars(IReadOnlyList<StressOutcome> outcomes)
    {
        var attacks = outcomes[0].Report.Attacks;
        int Find(PixelSelection selection) =>
            Enumerable.Range(0, attacks.Count).FirstOrDefault(i => attacks[i].Set.Attack == new Attack(AttackMethod.Swarm, selection), -1);
        double Success(int attack) => outcomes.Average(o => o.Report.Attacks[attack].Set.Success);
        if (Find(PixelSelection.Random) is >= 0 and var random)
        {
            foreach (var selection in (PixelSelection[])[PixelSelection.Influence, PixelSelection.InfluenceGradient, PixelSelection.Gradient])
            {
                if (Find(selection) is >= 0 and var chosen)
                {
                    var ratio = Success(chosen) / Success(random);
                    yield return $"Pixels by {Attack.NameOf(selection)} succeed {ratio:0.00} times as often as random ones (at least {LeastRatio}: "
                        + $"{Met(ratio >= LeastRatio)}).";
                }
            }
        }

        if (outcomes[0].Report.Hardening is null)
        {
            yield break;
        }

        var lost = outcomes.Average(o => o.Report.Hardening!.CleanBefore.Auroc - o.Report.Hardening.CleanAfter.Auroc);
        yield return $"Hardening costs {lost:0.0000} AUROC on clean outputs, "
            + $"{outcomes.Max(o => o.Report.Hardening!.CleanBefore.Auroc - o.Report.Hardening.CleanAfter.Auroc):0.0000} at most (at most 0.003: "
                + $"{Met(lost <= 0.003)}).";
        for (var i = 0; i < attacks.Count; i++)
        {
            var (before, after) = (outcomes.Average(o => o.Report.Attacks[i].PlainError), outcomes.Average(o => o.Report.Attacks[i].HardenedError!.Value));
            var bar = i == 0 ? $" (at least {LeastCut:P0} less: {Met(after <= (1 - LeastCut) * before)})" : "";
            yield return $"{attacks[i].Set.Attack.Name}: estimate error {before:0.000} before, {after:0.000} hardened, {(after / before) - 1:+0 %;-0 %}{bar}.";
        }
    }

    private static SummaryTable Clean(IReadOnlyList<StressOutcome> outcomes, string seeds)
    {
        StressReport[] r = [.. outcomes.Select(o => o.Report)];
        List<string[]> rows =
        [
            ["maximum softmax", $"{r.Average(x => x.CleanSoftmaxAuroc):0.0000}", "", "", ""],
            ["monitor", $"{r.Average(x => x.CleanPlain.Auroc):0.0000}", $"{r.Average(x => x.CleanPlain.LogLoss):0.0000}",
                $"{r.Average(x => x.CleanPlain.MeanScore):0.000}", $"{r.Average(x => Math.Abs(x.CleanPlain.MeanScore - x.CleanPlain.Accuracy)):0.000}"],
        ];
        if (r[0].Hardening is not null)
        {
            rows.Add(["hardened", .. Numbers(r, "0.0000", x => x.Hardening!.CleanAfter.Auroc, x => x.Hardening!.CleanAfter.LogLoss), .. Numbers(
                r, "0.000", x => x.Hardening!.CleanAfter.MeanScore, x => Math.Abs(x.Hardening!.CleanAfter.MeanScore - x.Hardening.CleanAfter.Accuracy))]);
        }

        return new SummaryTable($"{r[0].Clean.Count} clean outputs (accuracy {r.Average(x => x.CleanPlain.Accuracy):0.000}), {seeds}",
            ["score", "AUROC", "log-loss", "estimate", "error"], rows);
    }

    private static SummaryTable Retrained(IReadOnlyList<StressOutcome> outcomes, string seeds)
    {
        RetrainingResult[] r = [.. outcomes.Select(o => o.Retraining!)];
        return new SummaryTable(
            $"Classifier after adversarial training: clean accuracy {r.Average(x => x.CleanBefore):0.0000} before, {r.Average(x => x.CleanAfter):0.0000} "
                + $"after, {seeds}",
            ["attack", "accuracy on the examples before", "after", "wrong after a fresh attack"],
            [.. Enumerable.Range(0, r[0].Attacks.Count).Select(i => (string[])
            [
                r[0].Attacks[i].Name,
                $"{r.Average(x => x.Attacks[i].FixedBefore):0.000}",
                $"{r.Average(x => x.Attacks[i].FixedAfter):0.000}",
                $"{r.Average(x => x.Attacks[i].ReattackSuccess):0.000}",
            ])]);
    }

    private static string[] Numbers(StressReport[] reports, string format, params Func<StressReport, double>[] numbers) =>
        [.. numbers.Select(n => reports.Average(n).ToString(format, System.Globalization.CultureInfo.InvariantCulture))];

    private static string Maybe(AttackReport[] attacks, Func<AttackReport, double?> number, string format) =>
        attacks.Average(number)?.ToString(format, System.Globalization.CultureInfo.InvariantCulture) ?? "–";

    private static string Met(bool met) => met ? "met" : "missed";
}
