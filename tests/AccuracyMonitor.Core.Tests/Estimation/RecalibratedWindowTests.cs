using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Tests.Recalibration;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class RecalibratedWindowTests
{
    private const int Classes = 4;
    private const double Alpha = 0.05;
    private static readonly RecalibrationHeadOptions Options = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Estimate_EarlierLabels_TeachBothEstimatesWhereTheyAgreeAndNeitherWhereTheyDoNot(bool agree)
    {
        var all = LabelledPredictions.Make(600, Classes, 3, Wrong);
        var labels = all[..60];
        var earlier = LabelledPredictions.Make(200, Classes, 4, agree ? Wrong : null);
        var population = Population(all);

        var window = RecalibratedWindow.Estimate(population, labels, earlier, Options, Alpha);

        var chosen = EarlierLabels.ChooseWithHeads(labels, earlier, Classes, Options).Earlier;
        chosen.Count.ShouldBe(agree ? 200 : 0);
        window.Audited.ShouldBe(CrossFitAipw.Estimate(population, labels, Options, Alpha, earlier: chosen));
        window.Audited.ShouldNotBe(CrossFitAipw.Estimate(population, labels, Options, Alpha, earlier: agree ? [] : earlier));
        var posterior = RecalibrationHeadFitter.FitPosterior([.. chosen, .. labels], Classes, Options);
        window.Combined.ShouldBe(RecalibratedAccuracy.Estimate(population, posterior, Alpha, EstimateKind.Combined));
        window.Combined.State.ShouldBe(EstimateState.Ok);
    }

    [Fact]
    public void Estimate_WithoutLabels_GivesStatesAndNoNumber()
    {
        var all = LabelledPredictions.Make(100, Classes, 3);

        var window = RecalibratedWindow.Estimate(Population(all), [], all, Options, Alpha);

        (window.Audited.State, window.Combined.State).ShouldBe((EstimateState.InsufficientLabels, EstimateState.InsufficientLabels));
        (window.Combined.Kind, double.IsNaN(window.Combined.Value)).ShouldBe((EstimateKind.Combined, true));
    }

    /// <summary>Scores that tell almost everything leave little to the labels: the draw of the kept rows is then most of the error.</summary>
    [SimulationTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Estimate_KeptRowsOfALargerWindow_IntervalsKnowOfTheirDraw(bool isSample)
    {
        const int Runs = 100;
        var (audited, combined) = (0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var all = LabelledPredictions.Make(6000, Classes, run, Sharp).Select(s => s with { MonitorLogit = Shift(s.MonitorLogit), Weight = 10 }).ToArray();
            var kept = all[..400];
            var population = new WindowPopulation(
                [.. kept.SelectMany(s => s.Probabilities)], [.. kept.Select(s => s.MonitorLogit)], [.. kept.Select(s => s.PredictedClass)], Classes,
                [.. Enumerable.Repeat(15.0, kept.Length)])
            { IsSample = isSample };

            var window = RecalibratedWindow.Estimate(population, all[^600..], [], Options, Alpha);

            var truth = all.Average(s => s.Correct ? 1.0 : 0);
            audited += truth >= window.Audited.Lower && truth <= window.Audited.Upper ? 1 : 0;
            combined += truth >= window.Combined.Lower && truth <= window.Combined.Upper ? 1 : 0;
        }

        // 95 % less three standard errors of the simulation. Rows taken for all there is show what forgetting their draw would do.
        var bound = 0.95 - (3 * Math.Sqrt(0.05 * 0.95 / Runs));
        if (isSample)
        {
            ((double)audited / Runs).ShouldBeGreaterThan(bound);
            ((double)combined / Runs).ShouldBeGreaterThan(bound);
        }
        else
        {
            ((double)audited / Runs).ShouldBeLessThan(0.8);
            ((double)combined / Runs).ShouldBeLessThan(0.8);
        }
    }

    private static double Shift(double logit) => (20 * logit) - 20;

    private static double Sharp(double logit, float[] probabilities, int predicted) => 1 / (1 + Math.Exp(-Shift(logit)));

    private static WindowPopulation Population(LabelledPrediction[] all) => new(
        [.. all.SelectMany(s => s.Probabilities)], [.. all.Select(s => s.MonitorLogit)], [.. all.Select(s => s.PredictedClass)], Classes);

    private static double Wrong(double logit, float[] probabilities, int predicted) => 1 / (1 + Math.Exp(logit));
}
