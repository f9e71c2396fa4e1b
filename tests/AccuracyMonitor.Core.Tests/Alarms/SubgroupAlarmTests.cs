using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Alarms;

public class SubgroupAlarmTests
{
    private const double Level = 0.05;

    [Theory]
    [InlineData(0.9, 1.0)]
    [InlineData(0.97, 1.0)]
    public void LogEvidence_AtOrAboveTheObjective_IsWorthAtMostItsStake(double accuracy, double most)
    {
        // All sequences of twelve labels, each with its probability: the defining property of an e-value, E[e] ≤ 1.
        const int Labels = 12;
        var expected = 0.0;
        for (var bits = 0; bits < 1 << Labels; bits++)
        {
            var alarm = new SubgroupAlarm(0.9);
            var probability = 1.0;
            for (var i = 0; i < Labels; i++)
            {
                var right = ((bits >> i) & 1) == 0;
                probability *= right ? accuracy : 1 - accuracy;
                alarm.Observe(new LabelPoint(0.5, 0.01, right));
            }

            expected += probability * Math.Exp(alarm.LogEvidence);
        }

        expected.ShouldBeLessThanOrEqualTo(most + 1e-9);
        if (accuracy == 0.9)
        {
            expected.ShouldBe(1, 1e-4, "nothing of the stake is thrown away but what lies beyond the ceiling");
        }
    }

    [Fact]
    public void Verdict_OneClassOfTenFallsByAFifth_FiresThatOneAndEndsAfterRecovery()
    {
        var random = new Random(5);
        var alarms = Enumerable.Range(0, 10).Select(_ => new SubgroupAlarm(0.85)).ToArray();
        var labels = 0;
        while (!Firing(alarms)[3] && labels < 600)
        {
            labels++;
            Observe(alarms, random, k => k == 3 ? 0.7 : 0.9);
        }

        labels.ShouldBeInRange(20, 400);
        Firing(alarms).Count(f => f).ShouldBe(1);
        alarms[3].Verdict(EBenjaminiHochberg.LogThreshold([.. alarms.Select(a => a.LogEvidence)], Level), 10).Reason
            .ShouldContain($"fallen below the objective 0.85 in {labels} labels");

        var recovery = 0;
        while (Firing(alarms)[3] && recovery < 1000)
        {
            recovery++;
            Observe(alarms, random, _ => 0.95);
        }

        recovery.ShouldBeLessThan(300);
    }

    [SimulationFact]
    public void Verdict_ManyClassesWatched_FalseOnesAmongThoseFiringStayUnderTheLevel()
    {
        // Ten of twenty are below, the others exactly at the objective; looked at after every label, at the worst moment of each run.
        const int Runs = 150;
        var shares = 0.0;
        var found = 0;
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var alarms = Enumerable.Range(0, 20).Select(_ => new SubgroupAlarm(0.9)).ToArray();
            for (var label = 0; label < 150; label++)
            {
                Observe(alarms, random, k => k < 10 ? 0.75 : 0.9);
            }

            var firing = Firing(alarms);
            var wrong = firing.Skip(10).Count(f => f);
            shares += wrong / (double)Math.Max(1, firing.Count(f => f));
            found += firing.Take(10).Count(f => f);
        }

        (shares / Runs).ShouldBeLessThan(Level);
        found.ShouldBeGreaterThan(Runs * 5);
    }

    [Fact]
    public void Observe_ManyWrongLabels_KeepsEvidenceUpToTheCeiling()
    {
        var alarm = new SubgroupAlarm(0.9);
        for (var i = 0; i < 100; i++)
        {
            alarm.Observe(new LabelPoint(0.9, 0.01, false));
        }

        // The ceiling of the bets is e¹²; what is not staked yet, less than one, comes on top.
        alarm.LogEvidence.ShouldBeInRange(12, 12.00001);
        alarm.Verdict(12, 3).Firing.ShouldBeTrue();
        alarm.Verdict(alarm.LogEvidence, 3).Firing.ShouldBeTrue("evidence that just reaches the threshold suffices");
        alarm.Verdict(12.1, 3).Firing.ShouldBeFalse();
        alarm.Verdict(12.1, 3).Reason.ShouldStartWith("No evidence of a fall below the objective 0.9 in 100 labels");
    }

    [Fact]
    public void Observe_NoProbability_IsNotCounted()
    {
        var alarm = new SubgroupAlarm(0.9);
        alarm.Observe(new LabelPoint(0.9, 0, false));
        alarm.Verdict(3, 1).Labels.ShouldBe(0);
        alarm.LogEvidence.ShouldBe(0);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.5)]
    public void Constructor_ObjectiveOutOfRange_Throws(double objective) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new SubgroupAlarm(objective));

    private static bool[] Firing(SubgroupAlarm[] alarms)
    {
        var threshold = EBenjaminiHochberg.LogThreshold([.. alarms.Select(a => a.LogEvidence)], Level);
        return [.. alarms.Select(a => a.Verdict(threshold, alarms.Length).Firing)];
    }

    private static void Observe(SubgroupAlarm[] alarms, Random random, Func<int, double> accuracy)
    {
        for (var k = 0; k < alarms.Length; k++)
        {
            alarms[k].Observe(new LabelPoint(0.9, 0.01, random.NextDouble() < accuracy(k)));
        }
    }
}
