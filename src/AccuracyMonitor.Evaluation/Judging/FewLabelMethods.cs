using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Transfer;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>The methods that use labels, on one window each.</summary>
internal sealed class FewLabelMethods(double alpha)
{
    private const int Strata = 5;
    private readonly TransferHeadOptions _head = new();

    // No guard: a window with few labels is what is being judged.
    private readonly EstimationOptions _options = new() { Alpha = alpha, MinSamples = 1, MinLabels = 1 };

    public Outcome Run(string method, SimulatedWindow window) => method switch
    {
        Method.UniformWilson => Outcome.Of(BinomialInterval.Wilson(RightOf(window), window.Budget, alpha), window.Budget),
        Method.UniformClopperPearson => Outcome.Of(BinomialInterval.ClopperPearson(RightOf(window), window.Budget, alpha), window.Budget),
        Method.Ppi => Outcome.Of(PpiPlusPlus.Estimate(window.Moments, UniformPoints(window), alpha, lambda: 1), window.Budget),
        Method.PpiPlusPlus => Outcome.Of(PpiPlusPlus.Estimate(window.Moments, UniformPoints(window), alpha), window.Budget),
        Method.HorvitzThompson => Outcome.Of(HorvitzThompson.Estimate(window.Count, window.ChosenPoints(), alpha), window.Chosen.Count),
        Method.Aipw => Outcome.Of(Aipw.Estimate(window.Moments, window.ChosenPoints(), alpha), window.Chosen.Count),
        Method.Stratified => RunStratified(window),
        Method.Lure => RunLure(window),
        Method.TopUncertainty => RunTopUncertainty(window),
        Method.AuditedStream => Outcome.Of(WindowEstimator.Estimate(window.Buckets, monitorValid: true, _options).Audited, window.Chosen.Count),
        Method.AuditedFleet => Outcome.Of(Fleet(window), window.Chosen.Count),
        Method.Audited => Outcome.Of(Transferred(window).Audited, window.Chosen.Count),
        Method.Combined => Outcome.Of(Transferred(window).Combined, window.Chosen.Count),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No method with labels has this name."),
    };

    // Both come of the same fits.
    private TransferredWindow Transferred(SimulatedWindow window) =>
        window.Transferred ??= TransferredWindow.Estimate(window.Population(), window.ChosenSamples(), window.Monitor.Earlier, _head, alpha);

    private AccuracyEstimate Fleet(SimulatedWindow window)
    {
        var labels = default(LabelSums);
        foreach (var bucket in window.Buckets)
        {
            labels.Merge(bucket.Labels);
        }

        return FleetAccuracy.Estimate(window.Count, window.Moments.Sum, labels, alpha);
    }

    private static int RightOf(SimulatedWindow window) => window.Uniform.Count(window.IsCorrect);

    private static LabelPoint[] UniformPoints(SimulatedWindow window) => [.. window.Uniform.Select(window.UniformPoint)];

    // Strata that hold equal numbers of predictions, by score; a simple random sample in each.
    private Outcome RunStratified(SimulatedWindow window)
    {
        var order = Enumerable.Range(0, window.Count).OrderBy(place => window.Scores[place]).ToArray();
        var strata = Enumerable.Range(0, Strata).Select(k => order[(window.Count * k / Strata)..(window.Count * (k + 1) / Strata)]).ToArray();
        var allocation = Core.Estimation.Stratified.Allocate(
            [.. strata.Select(s => (long)s.Length)], [.. strata.Select(s => s.Length == 0 ? 0 : s.Average(place => window.Scores[place]))], window.Budget);
        var random = new SplitMix64(window.Random);
        var counts = new StratumCount[Strata];
        for (var k = 0; k < Strata; k++)
        {
            random.Shuffle(strata[k], allocation[k]);
            counts[k] = new StratumCount(strata[k].Length, allocation[k], strata[k].Take(allocation[k]).Count(window.IsCorrect));
        }

        return Outcome.Of(Core.Estimation.Stratified.Estimate(counts, alpha), allocation.Sum());
    }

    private Outcome RunLure(SimulatedWindow window)
    {
        var random = new SplitMix64(window.Random + 1);
        var uncertainties = window.Scores.Select(g => Math.Sqrt(Math.Max(0, g * (1 - g)))).ToArray();
        var picks = Lure.Draw(uncertainties, window.Budget, () => random.NextDouble());
        return Outcome.Of(Lure.Estimate(window.Count, picks, window.IsCorrect, alpha), window.Budget);
    }

    /// <summary>Shao, Yang and Ren 2020, read literally: label the most uncertain, fine-tune on them, publish the monitor's mean.</summary>
    private Outcome RunTopUncertainty(SimulatedWindow window)
    {
        var labels = Enumerable.Range(0, window.Count)
            .OrderBy(place => Math.Abs(window.Scores[place] - 0.5)).Take(window.Budget)
            .Select(place => window.Sample(place, 1)).ToArray();
        var head = TransferHeadFitter.Fit([.. window.Monitor.Earlier, .. labels], window.ClassCount, _head);
        return new Outcome(window.Population().MeanScore(head), null, labels.Length);
    }
}
