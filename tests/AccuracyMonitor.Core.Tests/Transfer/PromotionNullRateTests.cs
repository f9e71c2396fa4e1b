using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Core.Tests.Transfer;

/// <summary>
/// How often a challenger is promoted over the whole life of a stream although none is better. ACCURACY_MONITOR_NULL_STREAMS sets the number of streams
/// and ACCURACY_MONITOR_NULL_LABELS the labels of each, for a longer run.
/// </summary>
public class PromotionNullRateTests(ITestOutputHelper output)
{
    private const int Look = 5;
    private static readonly int Streams = Setting("ACCURACY_MONITOR_NULL_STREAMS", 400);
    private static readonly int Labels = Setting("ACCURACY_MONITOR_NULL_LABELS", 300);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Heads_are_hardly_ever_promoted_where_the_champion_scores_are_right(bool championHasHead)
    {
        var rate = Rate(stream =>
        {
            var champion = championHasHead ? new TransferHead { Scale = 0.7, Shift = -0.5, ClassOffsets = [0.5, 0, -0.5] } : null;
            var samples = TransferSamples.Make(Labels, 3, seed: stream, (m, p, c) => Probability(champion?.Logit(m, p, c) ?? m));
            var trial = new HeadTrial(3, champion, new TransferHeadOptions());
            return Enumerable.Range(1, Labels / Look).Any(look =>
            {
                trial.Observe(samples[..(look * Look)], (look - 1) * Look);
                return trial.Judged >= ChampionChallenger.MinLabels && trial.Verdict(PromotionBudget.ForRecalibration(0)).Promote;
            });
        });

        rate.ShouldBeLessThanOrEqualTo(PromotionBudget.Alpha);
    }

    [Fact]
    public void Networks_are_hardly_ever_promoted_where_champion_and_challenger_are_equally_good()
    {
        // Both are the truth with noise of their own. Looked at after every label, at the whole budget.
        var rate = Rate(stream =>
        {
            var random = new Random(stream);
            var evidence = new LossEvidence();
            double Noise() => (2 * random.NextDouble()) - 1;
            return TransferSamples.Make(Labels, 3, seed: stream).Any(s =>
            {
                evidence.Observe(s.MonitorLogit + Noise(), s.MonitorLogit + Noise(), s.Correct, s.Weight / 4);
                return evidence.LogValue >= Math.Log(1 / PromotionBudget.Alpha);
            });
        });

        rate.ShouldBeLessThanOrEqualTo(PromotionBudget.Alpha);
    }

    private double Rate(Func<int, bool> promotes)
    {
        var promoted = Enumerable.Range(0, Streams).AsParallel().Count(promotes);
        output.WriteLine($"{promoted} of {Streams} streams of {Labels} labels promoted a challenger: {promoted / (double)Streams:P2}.");
        return promoted / (double)Streams;
    }

    private static double Probability(double logit) => 1 / (1 + Math.Exp(-logit));

    private static int Setting(string name, int usual) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text) : usual;
}
