using AccuracyMonitor.V1;

namespace AccuracyMonitor.Client;

/// <summary>
/// Takes predictions out of the ring and makes messages of them: when there are enough for one, or when the first has waited long enough.
/// Used by one loop at a time.
/// </summary>
internal sealed class Batcher(MonitorClientOptions options, PredictionRing ring, TimeProvider time)
{
    // The ring is looked at, and nobody is woken: waking a thread would cost the serving thread many times what the copy does.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private float[] _rows = [];
    private PredictionBatch? _unsent;

    /// <summary>Waits for predictions.</summary>
    /// <param name="ended">Completes when there is nobody to send to.</param>
    /// <param name="stop">What is in the ring is still taken, without waiting for more.</param>
    /// <param name="encoding">What the sidecar says suffices, and how many values of <see cref="ValueEncoding.Top"/>.</param>
    /// <returns>Null if the connection has ended, or the client was stopped and the ring is empty.</returns>
    public async ValueTask<PredictionBatch?> NextAsync(Task ended, Func<(ValueEncoding Encoding, int Top)> encoding, CancellationToken stop)
    {
        if (_unsent is { } again)
        {
            _unsent = null;
            return again;
        }

        var pause = Pause;
        long? first = null;
        while (!ended.IsCompleted)
        {
            var waiting = ring.Count;
            if (waiting == 0)
            {
                if (stop.IsCancellationRequested)
                {
                    return null;
                }

                await PauseAsync(pause, stop);
                pause = Least(pause * 2, LongestPause);
                continue;
            }

            first ??= time.GetTimestamp();
            var left = options.FlushInterval - time.GetElapsedTime(first.Value);
            if (waiting < options.BatchSize && left > TimeSpan.Zero && !stop.IsCancellationRequested)
            {
                await PauseAsync(Least(left, Pause), stop);
            }
            else if (Take(encoding()) is { Ids.Count: > 0 } batch)
            {
                return batch;
            }
            else
            {
                // The first in the queue is still being written, by a thread that may need this core to go on.
                await Task.Delay(ShortestPause, time, CancellationToken.None);
            }
        }

        return null;
    }

    /// <summary>Gives back a message that never left this process: it is the next.</summary>
    public void GiveBack(PredictionBatch batch) => _unsent = batch;

    /// <summary>Lets go of the message given back.</summary>
    /// <returns>Its rows.</returns>
    public int DropUnsent()
    {
        var rows = _unsent?.Ids.Count ?? 0;
        _unsent = null;
        return rows;
    }

    private PredictionBatch Take((ValueEncoding Encoding, int Top) encoding)
    {
        var classes = options.ClassCount;
        var rows = Math.Min(options.BatchSize, ring.Count);
        if (_rows.Length < rows * classes)
        {
            _rows = new float[rows * classes];
        }

        var batch = new PredictionBatch
        {
            Model = options.Model,
            Version = options.Version,
            Segment = options.Segment,
            ClassCount = (uint)classes,
        };

        var taken = 0;
        while (taken < rows && ring.TryPop(_rows.AsSpan(taken * classes, classes), out var id, out var at))
        {
            batch.Ids.Add(id);
            batch.TimesUnixUs.Add(at);
            taken++;
        }

        BatchEncoder.Encode(batch, _rows.AsSpan(0, taken * classes), options.Logits, encoding.Encoding, encoding.Top);
        return batch;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stop) =>
        await Task.Delay(pause < ShortestPause ? ShortestPause : pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
