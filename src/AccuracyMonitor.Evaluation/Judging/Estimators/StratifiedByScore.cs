using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>Five strata that hold equal numbers of predictions, by score; a simple random sample in each.</summary>
internal static class StratifiedByScore
{
    private const int Strata = 5;

    public static Outcome? Estimate(JudgedWindow judged)
    {
        var window = judged.Window;
        var order = Enumerable.Range(0, window.Count).OrderBy(place => window.Scores[place]).ToArray();
        var strata = Enumerable.Range(0, Strata).Select(k => order[(window.Count * k / Strata)..(window.Count * (k + 1) / Strata)]).ToArray();
        var allocation = Stratified.Allocate(
            [.. strata.Select(s => (long)s.Length)], [.. strata.Select(s => s.Length == 0 ? 0 : s.Average(place => window.Scores[place]))], window.Budget);
        var random = new SplitMix64(window.Random);
        var counts = new StratumCount[Strata];
        for (var k = 0; k < Strata; k++)
        {
            random.Shuffle(strata[k], allocation[k]);
            counts[k] = new StratumCount(strata[k].Length, allocation[k], strata[k].Take(allocation[k]).Count(window.IsCorrect));
        }

        return Outcome.Of(Stratified.Estimate(counts, judged.Alpha), allocation.Sum());
    }
}
