using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>The sliding windows of every series, and what each is made of.</summary>
internal sealed record WindowPlan
{
    /// <summary>Shortest first.</summary>
    public required TimeSpan[] Lengths { get; init; }

    public required int Buckets { get; init; }

    /// <summary>Of a predicted class's window.</summary>
    public required int ClassBuckets { get; init; }

    /// <summary>Predicted classes with windows of their own; 0: none.</summary>
    public required int Classes { get; init; }

    /// <summary>Predictions of one window that are kept with their probabilities.</summary>
    public required int Rows { get; init; }

    /// <summary>
    /// Of a segment: its estimates, their series in /metrics and the text of that page. Measured at three windows; a series of a window has about
    /// twenty series there.
    /// </summary>
    private const long PublishedBytes = 24 << 10;

    private const long PublishedClassBytes = 4 << 10;

    /// <summary>Upper bound of what a segment takes.</summary>
    public long SeriesBytes => NewSeries().StateBytes + PublishedBytes;

    /// <summary>Upper bound of what a predicted class takes.</summary>
    public long ClassSeriesBytes => NewClassSeries().StateBytes + PublishedClassBytes;

    /// <summary>Upper bound of what the samples of rows take once every bucket has had predictions.</summary>
    public long ReservoirBytes(int classCount) => NewReservoirs(classCount).Sum(r => r.StateBytes);

    /// <param name="after">See <see cref="WindowSeries.LastSequence"/>.</param>
    public WindowSeries NewSeries(long after = 0) => new(Lengths, Buckets, after);

    public TimeSpan BucketWidth(TimeSpan window, SeriesKey series) =>
        WindowSeries.BucketWidth(window, series.PredictedClass is null ? Buckets : Math.Min(Buckets, ClassBuckets));

    /// <inheritdoc cref="NewSeries"/>
    public WindowSeries NewClassSeries(long after = 0) => new(Lengths, Math.Min(Buckets, ClassBuckets), after);

    /// <summary>One for each window.</summary>
    public RowReservoir[] NewReservoirs(int classCount)
    {
        var perBucket = RowReservoir.RowsPerBucket(Rows, Buckets, classCount);
        return [.. Lengths.Select(w => new RowReservoir(w, Buckets, classCount, perBucket))];
    }
}
