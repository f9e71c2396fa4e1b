using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Hub.Store;

namespace AccuracyMonitor.Hub.Estimation;

/// <summary>The buckets of one window of one series, to which requests and labels are added by the time of their prediction.</summary>
internal sealed class WindowBuckets
{
    private readonly List<Bucket> _buckets = [];

    public ReadOnlySpan<Bucket> All => CollectionsMarshal.AsSpan(_buckets);

    /// <param name="bucket">One that begins no earlier than the last one.</param>
    public void Add(Bucket bucket) => _buckets.Add(bucket);

    /// <summary>Counts a request in the bucket of its time. Without one its prediction is not in the sums yet, and it waits for them: labels
    /// represent predictions that are counted.</summary>
    public void Add(in FleetRequest request)
    {
        var index = IndexOf(request.Time);
        if (index < 0)
        {
            return;
        }

        var bucket = _buckets[index];
        var (predictions, labels) = (bucket.Predictions, bucket.Labels);
        predictions.Requested++;
        if (request.Point is { } point)
        {
            labels.Add(point);
        }
        else if (request.IsUnanswered)
        {
            labels.Unanswered++;
        }

        _buckets[index] = bucket with { Predictions = predictions, Labels = labels };
    }

    /// <summary>The last bucket that begins at or before a time and has not ended then; −1: there is none.</summary>
    private int IndexOf(DateTimeOffset time)
    {
        var (low, high) = (0, _buckets.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _buckets[middle].Start <= time ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && time < _buckets[low - 1].Start + _buckets[low - 1].Width ? low - 1 : -1;
    }
}
