using AccuracyMonitor.Training.PolicySearch;

namespace AccuracyMonitor.Training.Tests.PolicySearch;

public class PolicyRankingTests
{
    private static readonly PolicyRun[] Constant = [Run("FIX k0=0.1", 0.5, 0.4, 0.3), Run("FIX k0=0.1", 0.6, 0.4, 0.3)];

    [Fact]
    public void Among_policies_as_good_as_the_best_the_fewest_steps_win_then_the_smallest_spread()
    {
        PolicyRun[] best = [Run("EXP", 0.5, 0.31, 0.20), Run("EXP", 0.5, 0.31, 0.20)];
        PolicyRun[] faster = [Run("COS", 0.5, 0.25, 0.22), Run("COS", 0.5, 0.25, 0.19)];
        PolicyRun[] asFast = [Run("POLY", 0.5, 0.25, 0.22), Run("POLY", 0.5, 0.25, 0.19)];
        PolicyRun[] worse = [Run("STEP", 0.5, 0.4, 0.4), Run("STEP", 0.5, 0.4, 0.4)];
        var spreads = new Dictionary<string, double>(StringComparer.Ordinal) { ["COS"] = 0.2, ["POLY"] = 0.1 };

        var ranked = PolicyRanking.Rank([best, faster, asFast, worse], Constant, spreads);

        ranked.Select(s => s.Policy).ShouldBe(["POLY", "COS", "EXP", "STEP"]);
        ranked.Select(s => s.AsGood).ShouldBe([true, true, true, false]);
        ranked.Select(s => s.StepsToTarget).ShouldBe([10, 10, 20, 20]);
    }

    [Fact]
    public void First_touch_is_told_from_staying()
    {
        var run = Run("COS", 0.5, 0.2, 0.4, 0.3, 0.3);
        run.StepsTo(0.3).ShouldBe(10);
        run.StepsToStay(0.3).ShouldBe(30);
        run.StepsToStay(0.25).ShouldBeNull();
        run.StepsTo(0.1).ShouldBeNull();
        run.BestStep.ShouldBe(10);
    }

    private static PolicyRun Run(string policy, params double[] losses) => new(
        policy, 0, [.. losses.Select((l, i) => new LossPoint(10 * i, l))], new TestScore(1, 1, 1, 1), new ConfidenceSpread(1, 1, 1), 0);
}
