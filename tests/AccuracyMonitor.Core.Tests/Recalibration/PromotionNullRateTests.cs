using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests.Recalibration;

/// <summary>
/// How often a challenger is promoted over the whole life of a stream although none is better, and how soon one that is better. Control: the rule that takes
/// the best of several heads at two standard errors. ACCURACY_MONITOR_NULL_STREAMS sets the number of streams and ACCURACY_MONITOR_NULL_LABELS the labels
/// of each, for a longer run.
/// </summary>
public class PromotionNullRateTests(ITestOutputHelper output)
{
    private const int Look = 5;
    private static readonly int Streams = Setting("ACCURACY_MONITOR_NULL_STREAMS", 400);
    private static readonly int Labels = Setting("ACCURACY_MONITOR_NULL_LABELS", 300);
    private static readonly RecalibrationHead ChampionHead = new() { Scale = 0.7, Shift = -0.5, ClassOffsets = [0.5, 0, -0.5] };

    [SimulationTheory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Heads_are_hardly_ever_promoted_where_the_champion_scores_are_right(bool championHasHead, bool rareErrors)
    {
        var champion = championHasHead ? ChampionHead : null;
        var rate = Rate(Streams, stream => LabelsUntilPromotion(rareErrors ? Rare(Labels, stream) : Right(champion, stream), champion) is not null);

        rate.ShouldBeLessThanOrEqualTo(PromotionBudget.Alpha);
    }

    [SimulationFact]
    public void Control_the_best_of_several_heads_at_two_standard_errors_is_promoted_too_often_where_errors_are_rare() =>
        Rate(Streams / 4, stream => BestAtTwoStandardErrors(Rare(Labels, stream)) is not null).ShouldBeGreaterThan(2 * PromotionBudget.Alpha);

    [SimulationFact]
    public void A_shift_is_found_as_soon_as_by_the_best_of_several_heads_at_two_standard_errors()
    {
        var streams = Enumerable.Range(0, 40)
            .Select(s => LabelledPredictions.Make(200, 3, s, (m, _, c) => Probability((0.6 * m) - (c == 0 ? 2 : 0.5)))).ToArray();
        var found = Median(streams, s => LabelsUntilPromotion(s, null, look: 25));
        var control = Median(streams, BestAtTwoStandardErrors);
        output.WriteLine($"Median labels until promotion: {found}; control {control}.");

        found.ShouldBeLessThanOrEqualTo(1.25 * control);
    }

    [SimulationFact]
    public void Networks_are_hardly_ever_promoted_where_champion_and_challenger_are_equally_good()
    {
        // Both are the truth with noise of their own. Looked at after every label, at the whole budget.
        var rate = Rate(Streams, stream =>
        {
            var random = new Random(stream);
            var evidence = new LossEvidence();
            double Noise() => (2 * random.NextDouble()) - 1;
            return LabelledPredictions.Make(Labels, 3, seed: stream).Any(s =>
            {
                evidence.Observe(s.MonitorLogit + Noise(), s.MonitorLogit + Noise(), s.Correct, s.Weight / 4);
                return evidence.LogValue >= Math.Log(1 / PromotionBudget.Alpha);
            });
        });

        rate.ShouldBeLessThanOrEqualTo(PromotionBudget.Alpha);
    }

    private static int? LabelsUntilPromotion(LabelledPrediction[] samples, RecalibrationHead? champion, int look = Look)
    {
        var trial = new HeadTrial(3, champion, new RecalibrationHeadOptions());
        for (var seen = look; seen <= samples.Length; seen += look)
        {
            trial.Observe(samples[..seen], seen - look);
            if (trial.Judged >= ChampionChallenger.MinLabels && trial.Verdict(PromotionBudget.ForRecalibration(0)).Promote)
            {
                return seen;
            }
        }

        return null;
    }

    /// <summary>Heads of several memories, cross-fitted, the best of them compared on the labels that chose it, every 25 labels.</summary>
    private static int? BestAtTwoStandardErrors(LabelledPrediction[] samples)
    {
        for (var seen = 50; seen <= samples.Length; seen += 25)
        {
            var newest = samples[Math.Max(0, seen - 100)..seen];
            double[] champion = [.. newest.Select(s => s.MonitorLogit)];
            var best = new[] { 100, 400, int.MaxValue }.Select(m => Math.Min(m, seen)).Distinct()
                .Select(m => CrossFit.HeadLogits(samples[(seen - m)..seen], 3, new RecalibrationHeadOptions())[^newest.Length..])
                .Select(logits => ChampionChallenger.Judge(champion, logits, newest, new PromotionEvidence(1, 1)))
                .MinBy(v => v.ChallengerLoss)!;
            if (best.ChampionLoss - best.ChallengerLoss >= Math.Max(ChampionChallenger.MinImprovement, 2 * best.StandardError))
            {
                return seen;
            }
        }

        return null;
    }

    private static LabelledPrediction[] Right(RecalibrationHead? champion, int seed) =>
        LabelledPredictions.Make(Labels, 3, seed, (m, p, c) => Probability(champion?.Logit(m, p, c) ?? m));

    /// <summary>About 1 % of the predictions are wrong. Uncertain ones are labelled up to ten times as often and weigh so much less.</summary>
    private static LabelledPrediction[] Rare(int count, int seed)
    {
        var random = new Random(seed);
        var samples = new List<LabelledPrediction>();
        while (samples.Count < count)
        {
            var logit = 1 + (8 * Math.Sqrt(random.NextDouble()));
            var chance = Math.Min(1, 0.1 + (2 * Probability(-logit)));
            if (random.NextDouble() < chance)
            {
                var rest = 1 - Probability(logit);
                float[] p = [(float)(1 - rest), (float)(rest * 0.7), (float)(rest * 0.3)];
                samples.Add(new LabelledPrediction($"r{seed}-{samples.Count}", p, 0, logit, random.NextDouble() < Probability(logit), 1 / chance));
            }
        }

        return [.. samples];
    }

    private static double Median(LabelledPrediction[][] streams, Func<LabelledPrediction[], int?> labels) =>
        streams.AsParallel().Select(s => labels(s) ?? int.MaxValue).Order().ElementAt(streams.Length / 2);

    private double Rate(int streams, Func<int, bool> promotes)
    {
        var promoted = Enumerable.Range(0, streams).AsParallel().Count(promotes);
        output.WriteLine($"{promoted} of {streams} streams of {Labels} labels promoted a challenger: {promoted / (double)streams:P2}.");
        return promoted / (double)streams;
    }

    private static double Probability(double logit) => 1 / (1 + Math.Exp(-logit));

    private static int Setting(string name, int usual) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text) : usual;
}
