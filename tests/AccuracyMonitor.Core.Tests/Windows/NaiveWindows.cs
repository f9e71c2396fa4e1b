using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Windows;

/// <summary>
/// What <see cref="WindowSeries"/> should hold, the slow way: every event in a list per bucket, nothing summed before it is asked for.
/// With <paramref name="evicts"/> a bucket is also lost when one a ring's length away is written, which only a jumping clock brings about.
/// </summary>
internal sealed class NaiveWindows(TimeSpan[] windows, int bucketsPerWindow, bool evicts)
{
    private readonly Dictionary<(int Window, long Bucket), List<Event>> _buckets = [];

    public bool Add(DateTimeOffset time, DateTimeOffset now, Event e)
    {
        var taken = false;
        for (var w = 0; w < windows.Length; w++)
        {
            var width = WidthOf(w);
            var (bucket, present) = (time.UtcTicks / width, now.UtcTicks / width);
            if (bucket < present - bucketsPerWindow || bucket > present + 1)
            {
                continue;
            }

            taken = true;
            if (evicts)
            {
                var slots = bucketsPerWindow + 2;
                foreach (var lost in _buckets.Keys.Where(k => k.Window == w && k.Bucket != bucket && (k.Bucket - bucket) % slots == 0).ToList())
                {
                    _buckets.Remove(lost);
                }
            }

            if (!_buckets.TryGetValue((w, bucket), out var events))
            {
                _buckets[(w, bucket)] = events = [];
            }

            if (e.IsRemoval)
            {
                events.Remove(new Event(e.Prediction, e.Label));
            }
            else
            {
                events.Add(e);
            }
        }

        return taken;
    }

    public List<Bucket> Window(int w, DateTimeOffset end)
    {
        var width = WidthOf(w);
        var buckets = new List<Bucket>();
        foreach (var ((window, bucket), events) in _buckets.OrderBy(b => b.Key.Bucket))
        {
            var start = bucket * width;
            var overlaps = start <= end.UtcTicks && start + width - 1 > end.UtcTicks - windows[w].Ticks;
            if (window == w && overlaps)
            {
                buckets.Add(Sum(new DateTimeOffset(start, TimeSpan.Zero), TimeSpan.FromTicks(width), events));
            }
        }

        return buckets;
    }

    private static Bucket Sum(DateTimeOffset start, TimeSpan width, List<Event> events)
    {
        var (predictions, labels) = (new PredictionSums(), new LabelSums());
        foreach (var e in events)
        {
            if (e.Prediction is { } prediction)
            {
                predictions.Add(prediction);
            }

            if (e.Label is { } label)
            {
                labels.Add(label);
            }

            predictions.Requested += e.Requests;
            labels.Unanswered += e.Unanswered;
        }

        return new Bucket(start, width, predictions, labels);
    }

    private long WidthOf(int w) => (windows[w].Ticks + bucketsPerWindow - 1) / bucketsPerWindow;

    internal sealed record Event(
        PredictionPoint? Prediction = null, LabelPoint? Label = null, int Requests = 0, int Unanswered = 0, bool IsRemoval = false);
}
