namespace AccuracyMonitor.Runs.Tests;

public sealed class TruthLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TruthLedger _ledger = new();

    [Fact]
    public void A_stretch_of_time_has_the_sums_of_its_predictions()
    {
        _ledger.Add(Start, correct: true, 0.9);
        _ledger.Add(Start.AddSeconds(1), correct: false, 0.5);
        _ledger.Add(Start.AddSeconds(2), correct: true, 0.7);

        var sums = _ledger.Between(Start, Start.AddSeconds(2));

        sums.Count.ShouldBe(2);
        sums.Accuracy.ShouldBe(0.5);
        sums.MeanConfidence.ShouldBe(0.7, tolerance: 1e-12);
        _ledger.Total.Count.ShouldBe(3);
    }

    [Fact]
    public void A_stretch_without_predictions_has_no_accuracy() =>
        _ledger.Between(Start, Start.AddSeconds(10)).Accuracy.ShouldBe(double.NaN);

    [Fact]
    public void What_is_older_than_the_ledger_is_forgotten_and_never_mixed_with_the_new()
    {
        _ledger.Add(Start, correct: false, 0.5);
        var later = Start + (TruthLedger.SlotWidth * 24_000);
        _ledger.Add(later, correct: true, 1);

        _ledger.Between(Start, Start.AddSeconds(1)).Count.ShouldBe(0);
        _ledger.Between(later, later.AddSeconds(1)).Accuracy.ShouldBe(1);
        _ledger.Between(Start, later.AddSeconds(1)).Count.ShouldBe(1);
    }

    [Fact]
    public void A_window_starts_where_the_sidecars_first_bucket_does()
    {
        var window = TimeSpan.FromSeconds(15);

        RunRecorder.BucketStart(Start.AddMilliseconds(249), window).ShouldBe(Start);
        RunRecorder.BucketStart(Start.AddMilliseconds(250), window).ShouldBe(Start.AddMilliseconds(250));
    }
}
