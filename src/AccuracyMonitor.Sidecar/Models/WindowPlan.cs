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

    public WindowSeries NewSeries() => new(Lengths, Buckets);

    public WindowSeries NewClassSeries() => new(Lengths, Math.Min(Buckets, ClassBuckets));

    /// <summary>One for each window.</summary>
    public RowReservoir[] NewReservoirs(int classCount)
    {
        var perBucket = RowReservoir.RowsPerBucket(Rows, Buckets, classCount);
        return [.. Lengths.Select(w => new RowReservoir(w, Buckets, classCount, perBucket))];
    }
}
