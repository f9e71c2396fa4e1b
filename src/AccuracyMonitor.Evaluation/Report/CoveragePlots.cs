using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>How often the intervals held the truth, by family of conditions, with what chance alone does to so many windows.</summary>
internal static class CoveragePlots
{
    // About the nominal level, in standard errors of the simulation.
    private const double Deviations = 2;

    /// <summary>One figure a method that has an interval, those that the page shows elsewhere first.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<ConditionResult> conditions, IReadOnlyList<string> methods, double nominal)
    {
        foreach (var method in EstimatePlots.Shown.Intersect(methods, StringComparer.Ordinal).Union(methods, StringComparer.Ordinal))
        {
            var families = Families(conditions, method, nominal);
            if (families.Length > 0)
            {
                yield return Draw(method, families, nominal);
            }
        }
    }

    private static Family[] Families(IReadOnlyList<ConditionResult> conditions, string method, double nominal) =>
    [
        .. conditions.Where(c => c.Of(method)?.Coverage is not null).GroupBy(c => $"{c.File} {c.Family}", StringComparer.Ordinal).Select(g =>
        {
            var tally = default(Tally);
            foreach (var condition in g)
            {
                tally.Merge(condition.Of(method)!.Value);
            }

            var chance = Deviations * Math.Sqrt(nominal * (1 - nominal) / tally.Windows);
            return new Family(g.Key, tally.Coverage!.Value, tally.Windows, chance, BinomialChance.Below(nominal - chance, tally.Windows, nominal));
        }).OrderBy(f => f.Coverage).ThenBy(f => f.Windows),
    ];

    private static string Draw(string method, Family[] families, double nominal)
    {
        var below = families.Count(f => f.Coverage < nominal - f.Chance);
        var caption =
            Markup.Text(
                $"{below} of {families.Length} families below the band, {families.Sum(f => f.BelowByChance):0.0} by chance; ")
            + Markup.Text($"least {100 * families[0].Coverage:0.0} % in {families[0].Name}");
        var plot = new SvgPlot(
            $"{method}: coverage", Markup.Text($"Families of conditions in order of coverage; the nominal level is {100 * nominal:0.#} %. {caption}."),
            Axis.OfCounts(families.Length, "families, the least covered first"),
            Axis.OfShares(families.Min(f => Math.Min(f.Coverage, nominal - f.Chance)), "share of intervals that held the truth"));
        foreach (var (i, family) in families.Index())
        {
            plot.Band(i, nominal - family.Chance, i + 1, nominal + family.Chance);
        }

        plot.Line(0, nominal, families.Length, nominal, "reference");
        foreach (var (i, family) in families.Index())
        {
            plot.Point(
                i + 0.5, family.Coverage, family.Coverage < nominal - family.Chance,
                Markup.Text(
                    $"{family.Name}: {100 * family.Coverage:0.0} % of {family.Windows} windows; by chance {100 * nominal:0.#} ± {100 * family.Chance:0.0}"));
        }

        return Markup.Figure(plot.ToString(), caption);
    }

    private sealed record Family(string Name, double Coverage, long Windows, double Chance, double BelowByChance);
}
