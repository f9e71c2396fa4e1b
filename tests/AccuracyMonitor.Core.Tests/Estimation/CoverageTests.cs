using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Sampling;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Estimation;

/// <summary>Seeded simulation on made-up populations: does the interval hold what it says, and is the estimate free of bias?</summary>
public class CoverageTests
{
    private const int Windows = 400;
    private const int Predictions = 4000;
    private static readonly double[] Alphas = [0.2, 0.05, 0.01];

    // The share of its level an interval may be short of and still count as holding: 95 % may be 93 %.
    private static readonly double[] Slack = [0.04, 0.02, 0.01];

    public static IEnumerable<TheoryDataRow<Population, int, SamplingPolicy>> Cases()
    {
        Population[] populations =
        [
            new("sharp and right", Population.Sharp, g => g),
            new("broad and right", Population.Broad, g => g),
            new("concept shift of a tenth", Population.Sharp, g => 0.9 * g),
            new("concept shift of a fiftieth", Population.Sharp, g => 0.98 * g),
            new("0.995 accurate", _ => 0.995, g => g),
            new("attacked: confident and wrong", Population.Sharp, _ => 0.05),
            new("monitor upside down", Population.Broad, g => 1.2 - g),
        ];
        foreach (var population in populations)
        {
            yield return new(population, 100, SamplingPolicy.Mixed);
        }

        foreach (var labels in new[] { 20, 50, 500 })
        {
            yield return new(populations[0], labels, SamplingPolicy.Mixed);
            yield return new(populations[2], labels, SamplingPolicy.Mixed);
        }

        yield return new(populations[1], 100, SamplingPolicy.Uniform);
        yield return new(populations[1], 100, SamplingPolicy.Stratified);
    }

    [SimulationTheory]
    [MemberData(nameof(Cases))]
    public void The_audited_interval_holds_the_windows_accuracy(Population population, int labels, SamplingPolicy policy)
    {
        var source = new SyntheticWindow(population, new SamplerOptions { Budget = (double)labels / Predictions, Policy = policy }, seed: 7);
        var held = new int[Alphas.Length];
        var error = 0.0;
        var squared = 0.0;
        for (var i = 0; i < Windows; i++)
        {
            var (buckets, truth) = source.Draw(Predictions);
            for (var a = 0; a < Alphas.Length; a++)
            {
                var audited = WindowEstimator.Estimate(buckets, true, new EstimatorOptions { Alpha = Alphas[a], MinLabels = 1 }).Audited;
                held[a] += truth >= audited.Lower - 1e-12 && truth <= audited.Upper + 1e-12 ? 1 : 0;
                error += a == 0 ? audited.Value - truth : 0;
                squared += a == 0 ? (audited.Value - truth) * (audited.Value - truth) : 0;
            }
        }

        for (var a = 0; a < Alphas.Length; a++)
        {
            held[a].ShouldBeGreaterThanOrEqualTo(LeastHits(1 - Alphas[a] - Slack[a]), $"{population}, {labels} labels, alpha {Alphas[a]}");
        }

        // A ratio of sums is off by about a variance, well under its standard deviation; beyond that, four standard errors of the mean.
        var variance = squared / Windows;
        Math.Abs(error / Windows).ShouldBeLessThan((4 * Math.Sqrt(variance / Windows)) + variance);
    }

    [SimulationFact]
    public void Labels_of_some_hours_only_do_not_bias_the_estimate()
    {
        // The first half is answered always, the second, where accuracy has dropped, seldom, and its end not yet.
        var population = new Population("drop at noon", Population.Broad, g => g);
        var source = new SyntheticWindow(population, new SamplerOptions { Budget = 0.06 }, seed: 3);
        var errors = new List<double>();
        var naive = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            var (buckets, truth) = source.Draw(
                Predictions,
                place => place < 0.5 ? 1 : place < 0.92 ? 0.5 : 0,
                (g, place) => place < 0.5 ? g : 0.6 * g);
            errors.Add(WindowEstimator.Estimate(buckets, true, new EstimatorOptions()).Audited.Value - truth);
            var pooled = default(AccuracyMonitor.Core.Windows.LabelSums);
            foreach (var bucket in buckets)
            {
                pooled.Merge(bucket.Labels);
            }

            naive.Add((pooled.WY / pooled.W) - truth);
        }

        naive.Average().ShouldBeGreaterThan(0.04);
        Math.Abs(errors.Average()).ShouldBeLessThan(4 * Math.Sqrt(errors.Average(e => e * e) / errors.Count));
    }

    [SimulationFact]
    public void The_monitor_makes_the_interval_narrower_where_it_is_right()
    {
        var source = new SyntheticWindow(new Population("right", Population.Broad, g => g), new SamplerOptions { Budget = 0.05 }, seed: 5);
        var audited = 0.0;
        var labelled = 0.0;
        for (var i = 0; i < 50; i++)
        {
            var estimate = WindowEstimator.Estimate(source.Draw(Predictions).Buckets, true, new EstimatorOptions());
            audited += estimate.Audited.Upper - estimate.Audited.Lower;
            labelled += estimate.Labelled.Upper - estimate.Labelled.Lower;
        }

        audited.ShouldBeLessThan(0.95 * labelled);
    }

    /// <summary>Hits that an interval with this coverage reaches in all but one of a thousand runs.</summary>
    private static int LeastHits(double coverage)
    {
        var hits = (int)(coverage * Windows);
        while (Binomial.CDF(coverage, Windows, hits) > 1e-3)
        {
            hits--;
        }

        return hits;
    }
}
