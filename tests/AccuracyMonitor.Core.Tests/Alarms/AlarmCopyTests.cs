using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Alarms;

public sealed class AlarmCopyTests
{
    private readonly Random _random = new(7);

    [Fact]
    public void Copy_OfAnAccuracyAlarm_ObservesIndependently()
    {
        var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = 0.9, AverageRunLength = 100 });
        Check(alarm, a => a.Copy(), (a, l) => a.Observe(l), a => a.Verdict);
    }

    [Fact]
    public void Copy_OfAValidityAlarm_ObservesIndependently() =>
        Check(new ValidityAlarm(new ValidityAlarmOptions()), a => a.Copy(), (a, l) => a.Observe(l), a => a.Verdict);

    [Fact]
    public void Copy_OfASubgroupAlarm_ObservesIndependently() =>
        Check(new SubgroupAlarm(0.9), a => a.Copy(), (a, l) => a.Observe(l), a => a.Verdict(3, 1));

    /// <summary>A copy that continues equals the alarm that continues, and what either observes leaves the other as it was.</summary>
    private void Check<TAlarm>(TAlarm alarm, Func<TAlarm, TAlarm> copy, Action<TAlarm, LabelPoint> observe, Func<TAlarm, AlarmVerdict> verdict)
    {
        Feed(alarm, Labels(40, right: 0.8));
        var (first, before) = (copy(alarm), verdict(alarm));
        var later = Labels(60, right: 0.3);

        Feed(alarm, later);
        verdict(first).ShouldBe(before);
        Feed(first, later);

        verdict(alarm).ShouldNotBe(before);
        verdict(first).ShouldBe(verdict(alarm));

        void Feed(TAlarm to, LabelPoint[] labels)
        {
            foreach (var label in labels)
            {
                observe(to, label);
            }
        }
    }

    private LabelPoint[] Labels(int count, double right) =>
        [.. Enumerable.Range(0, count)
            .Select(_ => new LabelPoint(0.5 + (_random.NextDouble() / 2), 0.01 + (_random.NextDouble() / 50), _random.NextDouble() < right))];
}
