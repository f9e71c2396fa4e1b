using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Alarms;

public sealed class AccuracyBetsTests
{
    // Error allowed: 0.1. Least inclusion ratio: 0.4, so the largest weight is 2.5 and the largest stake 0.4/0.1 = 4.
    [Fact]
    public void Place_LabelsOfVariousProbabilities_WeighsByTheRunningMeanOfInverseProbabilities()
    {
        var bets = new AccuracyBets(0.1, 0.4);

        // The running mean of 1/π goes 100, 75, 83⅓, then 400 (so that the weight is 2.5) and 550.
        bets.Place(new LabelPoint(0.5, 0.01, true)).ShouldBe(0);
        bets.LogFactors.ToArray().ShouldAllBe(f => f == 0);
        bets.Place(new LabelPoint(0.5, 0.02, false)).ShouldBe(0.5, 1e-12);
        bets.Place(new LabelPoint(0.5, 0.01, true)).ShouldBe(4 / 3.0, 1e-12);
        bets.Place(new LabelPoint(0.5, 0.001, true)).ShouldBe(2.5, 1e-12);
        bets.Place(new LabelPoint(0.5, 0.002, true)).ShouldBe(500 / 550.0, 1e-12);
    }

    [Fact]
    public void Place_AfterTwoHundredLabels_RemembersTwoHundred()
    {
        var bets = new AccuracyBets(0.1, 0.4);
        for (var i = 0; i < 1000; i++)
        {
            bets.Place(new LabelPoint(0.5, 0.01, true));
        }

        // 1/π doubles once: the mean moves from 100 to 100 + 100/200.
        bets.Place(new LabelPoint(0.5, 0.005, true)).ShouldBe(2, 1e-12);
        bets.Place(new LabelPoint(0.5, 0.01, true)).ShouldBe(100 / 100.5, 1e-12);
    }

    [Fact]
    public void LogFactors_WrongAndRightLabel_AreTheBetsOfTheirShares()
    {
        var bets = new AccuracyBets(0.1, 0.4);
        bets.Place(new LabelPoint(0.5, 0.01, true));
        bets.Place(new LabelPoint(0.5, 0.01, false));

        // Weight 1: a wrong label gains 0.9 times the stake, a right one loses 0.1 times the stake.
        bets.LogFactors.ToArray().Select(f => Math.Exp(f)).ShouldBe([4.42, 2.8, 1.9, 1.45, 1.225, 1.1125], 1e-12);
        bets.Place(new LabelPoint(0.5, 0.01, true));
        bets.LogFactors.ToArray().Select(f => Math.Exp(f)).ShouldBe([0.62, 0.8, 0.9, 0.95, 0.975, 0.9875], 1e-12);
    }
}
