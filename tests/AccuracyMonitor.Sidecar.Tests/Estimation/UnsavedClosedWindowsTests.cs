using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class UnsavedClosedWindowsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Width = TimeSpan.FromMinutes(1);

    private readonly RunningAccuracy _running = new(TimeSpan.FromHours(1));

    public UnsavedClosedWindowsTests() => _running.Restore([], Start);

    [Fact]
    public void Windows_AreNotClosedBeforeWhatTheStoreHasIsKnown()
    {
        var unread = new RunningAccuracy(TimeSpan.FromHours(1));
        unread.Close([Full(0), Full(1)], Start.AddMinutes(10));
        unread.Unsaved.ShouldBeEmpty();
    }

    [Fact]
    public void Windows_AreUnsavedUntilTheirWriteHasSucceeded()
    {
        Close(Full(0), Full(1));
        var written = _running.Unsaved;
        written.Count.ShouldBe(2);
        _running.Unsaved.ShouldBe(written);

        _running.MarkSaved(written);
        _running.Unsaved.ShouldBeEmpty();
        Close(Full(0), Full(1));
        _running.Unsaved.ShouldBeEmpty();
    }

    [Fact]
    public void Window_ThatChangedDuringTheWrite_StaysUnsavedWithThoseAfterIt()
    {
        Close(Full(0), Full(1), Full(2));
        var written = _running.Unsaved;
        Close(Full(0), Full(1, right: 10), Full(2));
        _running.MarkSaved(written);
        _running.Unsaved.Select(w => w.Start).ShouldBe([Start + Width, Start + (2 * Width)]);
    }

    [Fact]
    public void Window_ThatIsNoLongerClosed_IsTakenOutOfTheStoreByTheNextWrite()
    {
        Close(Full(0), Full(1));
        var written = _running.Unsaved;
        Close(Full(0));
        _running.MarkSaved(written);

        // The store replaces all from the first of the list on.
        _running.Unsaved.Select(w => w.Start).ShouldBe([Start]);
    }

    private void Close(params Bucket[] buckets) => _running.Close(buckets, Start.AddMinutes(10));

    private static Bucket Full(int minute, int right = 40)
    {
        var labels = default(LabelSums);
        var predictions = default(PredictionSums);
        for (var i = 0; i < ClosedWindows.MinLabels; i++)
        {
            predictions.Add(new PredictionPoint(0.75, 0.75, Covered: true));
            labels.Add(new LabelPoint(0.75, 1, Correct: i < right));
        }

        predictions.Requested = ClosedWindows.MinLabels;
        return new Bucket(Start + (minute * Width), Width, predictions, labels);
    }
}
