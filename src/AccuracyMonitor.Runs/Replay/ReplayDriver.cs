using System.Numerics.Tensors;
using AccuracyMonitor.Client;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>Hands the source's predictions to the client at the pace set, as a serving application would, and notes the truth of each.</summary>
internal sealed class ReplayDriver(
    MonitorClient client, IReplaySource source, TruthLedger truth, SimulatedAnnotator annotator, ReplayOptions options, TimeProvider time)
{
    /// <summary>Without a rate, so many may be on their way: half of what the client holds, so that nothing is dropped.</summary>
    internal const int MostOnTheWay = QueueCapacity / 2;
    internal const int QueueCapacity = 8192;

    // Nearer than this isn't worth a timer's wake-up.
    private static readonly TimeSpan Close = TimeSpan.FromMilliseconds(2);

    // Further behind than this, the stream slips rather than catches up with a burst that no application would send.
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(1);

    private readonly ReplayPace _pace = new(options.Rate, options.Speed);
    private readonly List<ConditionStart> _starts = [];
    private long _sent;
    private int _conditionIndex;

    /// <summary>Which stretch is now, from 0.</summary>
    public int ConditionIndex => Volatile.Read(ref _conditionIndex);

    /// <summary>Predictions handed over, dropped ones included.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Of the stretches begun so far. For when the stream has ended.</summary>
    public IReadOnlyList<ConditionStart> Starts => _starts;

    public async Task RunAsync(DateTimeOffset began, CancellationToken cancel)
    {
        var start = began;
        foreach (var item in source.Items())
        {
            cancel.ThrowIfCancellationRequested();
            if (_pace.Next(item) is not { } due)
            {
                await WaitForRoomAsync(cancel);
            }
            else if (time.GetUtcNow() - start is var elapsed && due - elapsed > Close)
            {
                await Task.Delay(due - elapsed, time, cancel);
            }
            else if (elapsed - due > MaxLag)
            {
                start += elapsed - due;
            }

            if (source.Reach(item))
            {
                annotator.Amend(item.Id);
            }

            if (item.IsPrediction)
            {
                Send(item, began);
            }
        }
    }

    private void Send(ReplayItem item, DateTimeOffset began)
    {
        var now = time.GetUtcNow();
        if (item.ConditionIndex == _starts.Count)
        {
            _starts.Add(new ConditionStart(now - began, Sent, annotator.Counts.Answered));
            Volatile.Write(ref _conditionIndex, item.ConditionIndex);
        }

        Volatile.Write(ref _sent, _sent + 1);
        var row = item.Probabilities.Span;
        if (client.Observe(row, item.Id, now) && item.Truth is { } label)
        {
            var predicted = TensorPrimitives.IndexOfMax(row);
            truth.Add(now, predicted == label, row[predicted]);
        }
    }

    private async Task WaitForRoomAsync(CancellationToken cancel)
    {
        while (OnTheWay() >= MostOnTheWay)
        {
            await Task.Delay(Close, time, cancel);
        }
    }

    private long OnTheWay()
    {
        var counters = client.Counters;
        return counters.Observed - counters.Accepted - counters.Rejected
            - counters.DroppedFull - counters.DroppedInvalid - counters.DroppedDisconnected - counters.DroppedRefused;
    }
}
