using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Tests.Transfer;
using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class TransferredWindowTests
{
    private const int Classes = 4;
    private const double Alpha = 0.05;
    private static readonly TransferHeadOptions Options = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Estimate_EarlierLabels_TeachBothEstimatesWhereTheyAgreeAndNeitherWhereTheyDoNot(bool agree)
    {
        var all = TransferSamples.Make(600, Classes, 3, Wrong);
        var labels = all[..60];
        var earlier = TransferSamples.Make(200, Classes, 4, agree ? Wrong : null);
        var population = Population(all);

        var window = TransferredWindow.Estimate(population, labels, earlier, Options, Alpha);

        var chosen = EarlierLabels.Choose(labels, earlier, Classes, Options);
        chosen.Count.ShouldBe(agree ? 200 : 0);
        window.Audited.ShouldBe(CrossFitAipw.Estimate(population, labels, Options, Alpha, earlier: chosen));
        window.Audited.ShouldNotBe(CrossFitAipw.Estimate(population, labels, Options, Alpha, earlier: agree ? [] : earlier));
        var posterior = TransferHeadFitter.FitPosterior([.. chosen, .. labels], Classes, Options);
        window.Combined.ShouldBe(TransferredAccuracy.Estimate(population, posterior, Alpha, EstimateKind.Combined));
        window.Combined.State.ShouldBe(EstimateState.Ok);
    }

    [Fact]
    public void Estimate_WithoutLabels_GivesStatesAndNoNumber()
    {
        var all = TransferSamples.Make(100, Classes, 3);

        var window = TransferredWindow.Estimate(Population(all), [], all, Options, Alpha);

        (window.Audited.State, window.Combined.State).ShouldBe((EstimateState.InsufficientLabels, EstimateState.InsufficientLabels));
        (window.Combined.Kind, double.IsNaN(window.Combined.Value)).ShouldBe((EstimateKind.Combined, true));
    }

    private static WindowPopulation Population(TransferSample[] all) => new(
        [.. all.SelectMany(s => s.Probabilities)], [.. all.Select(s => s.MonitorLogit)], [.. all.Select(s => s.PredictedClass)], Classes);

    private static double Wrong(double logit, float[] probabilities, int predicted) => 1 / (1 + Math.Exp(logit));
}
