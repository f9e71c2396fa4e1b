using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Windows;

public class UnsavedBucketTests
{
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)];
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PredictionPoint Point = new(0.75, 0.5, Covered: true);

    private readonly WindowSeries _series = new(Windows, 6);

    [Fact]
    public void A_bucket_is_unsaved_until_a_write_has_succeeded_however_often_it_is_read()
    {
        Count(Start);
        var first = Unsaved();
        first.Select(s => (s.Window, s.Start, s.Sums.Count)).ShouldBe(Windows.Select(w => (w, Start, 1L)));
        Unsaved().ShouldBe(first);

        Save(first);
        Unsaved().ShouldBeEmpty();
    }

    [Fact]
    public void Labels_and_requests_do_not_make_a_bucket_unsaved()
    {
        Count(Start);
        Save(Unsaved());
        _series.AddLabel(Start, new LabelPoint(0.75, 0.25, Correct: true), Start);
        _series.AddRequest(Start, Start);
        _series.AddUnanswered(Start, 1, Start);
        Unsaved().ShouldBeEmpty();
    }

    [Fact]
    public void A_bucket_that_changed_during_the_write_stays_unsaved()
    {
        Count(Start);
        var written = Unsaved();
        Count(Start.AddSeconds(3));
        Save(written);

        var again = Unsaved();
        again.ShouldAllBe(s => s.Sums.Count == 2);
        again.Select(s => s.Sequence).ShouldAllBe(s => s > written[0].Sequence);
        Save(again);
        Unsaved().ShouldBeEmpty();
    }

    [Fact]
    public void Writes_that_end_in_the_other_order_leave_the_later_one_saved()
    {
        Count(Start);
        var earlier = Unsaved();
        Count(Start);
        var later = Unsaved();
        Save(later);
        Save(earlier);
        Unsaved().ShouldBeEmpty();
    }

    [Fact]
    public void A_later_write_that_failed_is_not_made_good_by_an_earlier_one()
    {
        Count(Start);
        var earlier = Unsaved();
        Count(Start);
        _ = Unsaved();
        Save(earlier);
        Unsaved().ShouldAllBe(s => s.Sums.Count == 2);
    }

    [Fact]
    public void A_bucket_that_takes_the_place_of_a_leased_one_stays_unsaved()
    {
        Count(Start);
        var written = Unsaved();

        // Eight slots of 10 s: 80 s later the same slot of the first window holds another bucket.
        var later = Start.AddSeconds(80);
        Count(later);
        Save(written);

        Unsaved().Select(s => (s.Window, s.Start, s.Sums.Count)).ShouldBe([(Windows[0], later, 1L), (Windows[1], Start, 2L)]);
    }

    [Fact]
    public void A_write_of_one_window_leaves_the_other_window_unsaved()
    {
        Count(Start);
        Save([.. Unsaved().Where(s => s.Window == Windows[1])]);
        Unsaved().Select(s => s.Window).ShouldBe([Windows[0]]);
    }

    [Fact]
    public void A_restored_bucket_is_saved_until_it_changes_and_then_holds_both()
    {
        _series.Restore(new BucketSnapshot(Windows[0], Start, new PredictionSums { Count = 5 }, 99), Start);
        Unsaved().ShouldBeEmpty();
        Count(Start);
        Unsaved()[0].Sums.Count.ShouldBe(6);
    }

    [Fact]
    public void A_store_that_lost_everything_is_given_everything_again()
    {
        Count(Start);
        Count(Start.AddSeconds(20));
        var written = Unsaved();
        Save(written);
        _series.MarkAllUnsaved();
        Unsaved().Select(s => (s.Window, s.Start, s.Sums)).ShouldBe(written.Select(s => (s.Window, s.Start, s.Sums)));

        // A write that was under way to the lost store says nothing of the new one.
        Save(written);
        Unsaved().Count.ShouldBe(written.Count);
    }

    private void Count(DateTimeOffset time) => _series.AddPrediction(time, Point, time).ShouldBeTrue();

    private List<BucketSnapshot> Unsaved()
    {
        var unsaved = new List<BucketSnapshot>();
        _series.CopyUnsaved(unsaved);
        return unsaved;
    }

    private void Save(List<BucketSnapshot> written) => written.ForEach(s => _series.MarkSaved(s));
}
