using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Tests.Alarms;

public sealed class ModelAlarmsTests
{
    [Fact]
    public void Take_APageFromAnotherPosition_CountsNothing()
    {
        var alarms = AlarmScene.NewAlarms();
        var start = alarms.Position;
        Take(alarms, start, 1, 2).ShouldBeTrue();

        Take(alarms, start, 1, 2).ShouldBeFalse();

        alarms.Accuracy.Labels.ShouldBe(2);
    }

    [Fact]
    public void Take_ACountedLabelHasChanged_GoesBackToBeforeIt()
    {
        var alarms = AlarmScene.NewAlarms();
        Take(alarms, alarms.Position, 1, 2, 3, 4, 5, 6);

        alarms.Take(alarms.Position, new LabelHistoryPage { Database = 0, Head = 7, Changed = 5 }, []).ShouldBeFalse();

        alarms.Position.ShouldBe(new LabelPosition(0, After: 4, Seen: 7, Settled: 0));
        alarms.Accuracy.Labels.ShouldBe(6);
        Take(alarms, alarms.Position, 6, 7).ShouldBeTrue();
        alarms.Accuracy.Labels.ShouldBe(6);
    }

    [Fact]
    public void Take_OldestCopyDropped_SettlesTheLabelsBeforeTheNext()
    {
        var alarms = AlarmScene.NewAlarms(new AlarmCheckpointLimits(Copies: 2, Labels: 2, TimeSpan.FromDays(1)));

        Take(alarms, alarms.Position, 1, 2, 3, 4, 5);

        alarms.Position.Settled.ShouldBe(2);
    }

    [Fact]
    public void Take_ANewDatabase_KeepsTheEvidenceAndStartsAtItsBeginning()
    {
        var alarms = AlarmScene.NewAlarms();
        Take(alarms, alarms.Position, 1, 2, 3);

        alarms.Take(alarms.Position, new LabelHistoryPage { Database = 1, Head = 2 }, []).ShouldBeFalse();
        alarms.Position.ShouldBe(new LabelPosition(1, 0, 0, 0));
        alarms.Take(alarms.Position, new LabelHistoryPage { Database = 1, Head = 2, IsLast = true }, [Label(1), Label(2)]).ShouldBeTrue();

        alarms.Accuracy.Labels.ShouldBe(5);
    }

    [Fact]
    public void StartTestOf_AMonitorThatScoredEarlierLabels_CountsOnlyLaterOnesAlsoAfterACorrection()
    {
        var alarms = AlarmScene.NewAlarms();
        Take(alarms, alarms.Position, 1, 2, 3, 4, 5, 6);
        alarms.Validity.Labels.ShouldBe(6);

        alarms.StartTestOf("m1");
        alarms.Validity.Labels.ShouldBe(0);
        alarms.Accuracy.Labels.ShouldBe(6);

        alarms.Take(alarms.Position, new LabelHistoryPage { Database = 0, Head = 8, Changed = 2 }, []);
        Take(alarms, alarms.Position, 1, 3, 4, 5, 6, 7, 8).ShouldBeTrue();
        (alarms.Accuracy.Labels, alarms.Validity.Labels).ShouldBe((7, 2));
    }

    private static bool Take(ModelAlarms alarms, LabelPosition from, params long[] sequences) =>
        alarms.Take(from, new LabelHistoryPage { Database = 0, Head = sequences[^1], IsLast = true }, [.. sequences.Select(Label)]);

    private static AlarmLabel Label(long sequence) => new(
        sequence, AlarmScene.At.AddMinutes(sequence), new LabelPoint(0.8, 0.01, sequence % 2 == 0), "m1", "", null);
}
