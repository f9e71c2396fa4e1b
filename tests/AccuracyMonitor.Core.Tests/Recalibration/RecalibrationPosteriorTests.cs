using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using MathNet.Numerics.LinearAlgebra;

namespace AccuracyMonitor.Core.Tests.Recalibration;

public class RecalibrationPosteriorTests
{
    private const int Classes = 3;

    // 17 parameters at K = 3: fewer labels than that are solved the other way round.
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(17)]
    [InlineData(200)]
    public void MeanScoreVariance_AnyNumberOfLabels_IsTheSandwichWrittenOut(int labels)
    {
        var options = new RecalibrationHeadOptions();
        var samples = LabelledPredictions.Make(labels, Classes, 4, (m, _, c) => c == 1 ? 0.2 : 1 / (1 + Math.Exp(-m)));
        var population = LabelledPredictions.Make(50, Classes, 5);

        var posterior = RecalibrationHeadFitter.FitPosterior(samples, Classes, options);

        posterior.MeanScoreVariance(Population(population)).ShouldBe(Sandwich(posterior.Head, samples, population, options), 1e-9);
        posterior.Head.ToBytes().ShouldBe(RecalibrationHeadFitter.Fit(samples, Classes, options).ToBytes());
    }

    [Fact]
    public void MeanScoreVariance_MoreLabels_Shrinks()
    {
        var population = Population(LabelledPredictions.Make(50, Classes, 5));
        var variances = new[] { 10, 100, 1000 }
            .Select(n => RecalibrationHeadFitter.FitPosterior(LabelledPredictions.Make(n, Classes, 4), Classes, new RecalibrationHeadOptions()))
            .Select(posterior => posterior.MeanScoreVariance(population))
                .ToArray();
        variances.ShouldBeInOrder(SortDirection.Descending);
        variances[2].ShouldBeGreaterThan(0);
    }

    [Fact]
    public void FitPosterior_NoLabels_IsNoChangeAndClaimsNothing()
    {
        var posterior = RecalibrationHeadFitter.FitPosterior([], Classes, new RecalibrationHeadOptions());
        posterior.Head.ShouldBe(RecalibrationHead.Identity);
        posterior.MeanScoreVariance(Population(LabelledPredictions.Make(5, Classes, 5))).ShouldBe(0);
    }

    /// <summary>The promise of the label-free and the combined number: right with an interval while P(right | softmax) is what the labels saw.</summary>
    [SimulationTheory]
    [InlineData(60)]
    [InlineData(300)]
    public void RecalibratedAccuracy_NextWindowOfTheCondition_IntervalHolds(int labels)
    {
        const int Runs = 200;
        var held = 0;
        for (var run = 0; run < Runs; run++)
        {
            // Each run another shift, within what the priors expect: scale, level and two classes that suffer.
            var random = new Random(run);
            var (scale, level) = (0.7 + (0.6 * random.NextDouble()), -2 * random.NextDouble());
            var (first, second) = (random.NextDouble() * -1.5, random.NextDouble() * -1.5);
            double Right(double m, float[] p, int c) => 1 / (1 + Math.Exp(-((scale * m) + level + (c == 0 ? first : c == 1 ? second : 0))));
            var taught = LabelledPredictions.Make(labels, Classes, (2 * run) + 1, Right);
            var posterior = RecalibrationHeadFitter.FitPosterior(taught, Classes, new RecalibrationHeadOptions());
            var next = LabelledPredictions.Make(1000, Classes, (2 * run) + 2, Right);

            var estimate = RecalibratedAccuracy.Estimate(Population(next), posterior, 0.05);

            var truth = next.Count(s => s.Correct) / 1000.0;
            held += truth >= estimate.Lower && truth <= estimate.Upper ? 1 : 0;
        }

        // 95 % less three standard errors of the simulation.
        held.ShouldBeGreaterThanOrEqualTo((int)(Runs * (0.95 - (3 * Math.Sqrt(0.95 * 0.05 / Runs)))));
    }

    private static WindowPopulation Population(LabelledPrediction[] samples) => new(
        [.. samples.SelectMany(s => s.Probabilities)], [.. samples.Select(s => s.MonitorLogit)], [.. samples.Select(s => s.PredictedClass)], Classes);

    private static double Sandwich(RecalibrationHead head, LabelledPrediction[] samples, LabelledPrediction[] population, RecalibrationHeadOptions options)
    {
        var objective = new RecalibrationObjective(samples, Classes, options);
        var mean = samples.Average(s => s.Weight);
        var h = Matrix<double>.Build.DenseIdentity(objective.Length);
        var j = Matrix<double>.Build.DenseIdentity(objective.Length);
        foreach (var s in samples)
        {
            var (z, p) = (Features(s, objective), Score(head, s));
            var w = Math.Min(options.MaxWeight, s.Weight / mean);
            h += w * p * (1 - p) * z.OuterProduct(z);
            j += w * w * p * (1 - p) * z.OuterProduct(z);
        }

        var u = Vector<double>.Build.Dense(objective.Length);
        foreach (var s in population)
        {
            var p = Score(head, s);
            u += p * (1 - p) / population.Length * Features(s, objective);
        }

        var a = h.Solve(u);
        return a.DotProduct(j * a);
    }

    private static double Score(RecalibrationHead head, LabelledPrediction s) =>
        1 / (1 + Math.Exp(-head.Logit(s.MonitorLogit, s.Probabilities, s.PredictedClass)));

    private static Vector<double> Features(LabelledPrediction s, RecalibrationObjective objective)
    {
        var logs = s.Probabilities.Select(p => Math.Log(Math.Max(p, 1e-6f))).ToArray();
        var z = new double[objective.Length];
        (z[0], z[1]) = (s.MonitorLogit, 1);
        z[2 + Classes + s.PredictedClass] = 1;
        for (var k = 0; k < Classes; k++)
        {
            z[2 + k] = logs[k] - logs.Average();
            z[2 + (2 * Classes) + (s.PredictedClass * Classes) + k] = z[2 + k];
        }

        return Vector<double>.Build.Dense([.. z.Select((value, i) => value * objective.Deviation(i))]);
    }
}
