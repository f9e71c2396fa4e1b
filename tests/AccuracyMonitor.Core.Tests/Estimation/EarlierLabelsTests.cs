using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Tests.Recalibration;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class EarlierLabelsTests
{
    private const int Classes = 4;
    private static readonly RecalibrationHeadOptions Options = new();

    [Fact]
    public void Choose_LabelsOfTheSameCondition_AreKept()
    {
        var earlier = LabelledPredictions.Make(300, Classes, 1, Shifted);
        Choose(LabelledPredictions.Make(60, Classes, 2, Shifted), earlier).ShouldBeSameAs(earlier);
    }

    [Fact]
    public void Choose_LabelsOfAnotherCondition_AreDropped() =>
        Choose(LabelledPredictions.Make(60, Classes, 2), LabelledPredictions.Make(300, Classes, 1, Shifted)).Count.ShouldBe(0);

    [Fact]
    public void Choose_LabelsThatSharpenEachScoreButPutTheMeanOff_AreDropped()
    {
        // The doubtful are right now as before, less often all of them: the earlier labels tell the order, which sixty can't learn.
        var labels = LabelledPredictions.Make(60, Classes, 2, (m, _, _) => 1 / (1 + Math.Exp(m + 2)));
        var earlier = LabelledPredictions.Make(400, Classes, 1, Shifted);
        Loss(earlier).ShouldBeLessThan(Loss([]));

        Choose(labels, earlier).Count.ShouldBe(0);

        double Loss(LabelledPrediction[] taught)
        {
            var heads = CrossFit.Heads(labels, Classes, Options, 5, taught);
            return labels.Sum(
                l => l.Weight * Logistic.Loss(heads[CrossFit.FoldOf(l.Key, 5)].Logit(l.MonitorLogit, l.Probabilities, l.PredictedClass), l.Correct));
        }
    }

    [Fact]
    public void Choose_TooFewLabelsToDecide_LeavesTheEarlierOnesOut()
    {
        var earlier = LabelledPredictions.Make(300, Classes, 1, Shifted);
        Choose(LabelledPredictions.Make(EarlierLabels.MinLabels - 1, Classes, 2, Shifted), earlier).Count.ShouldBe(0);
        Choose([], earlier).Count.ShouldBe(0);
    }

    [Fact]
    public void Choose_NothingEarlier_GivesNothing() =>
        Choose(LabelledPredictions.Make(60, Classes, 2), []).Count.ShouldBe(0);

    /// <summary>What the monitor calls certain is wrong, and the doubtful right.</summary>
    private static double Shifted(double logit, float[] probabilities, int predicted) => 1 / (1 + Math.Exp(logit));

    private static IReadOnlyList<LabelledPrediction> Choose(IReadOnlyList<LabelledPrediction> labels, IReadOnlyList<LabelledPrediction> earlier) =>
        EarlierLabels.ChooseWithHeads(labels, earlier, Classes, Options).Earlier;
}
