using System.Threading.Channels;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Queueing;

/// <summary>
/// Batches waiting for the scoring loop, bounded by the floats they hold: overload is refused at once and never waits. Batches of a model version
/// whose monitor is still being loaded wait aside and may hold a quarter of the bound, so that they do not displace other models' batches.
/// </summary>
/// <param name="limit">Floats that may wait, over all callers.</param>
internal sealed class ScoringQueue(long limit)
{
    private const int ShareOfUnloaded = 4;

    private readonly Channel<ScoreBatch> _channel = Channel.CreateUnbounded<ScoreBatch>(new UnboundedChannelOptions { SingleReader = true });
    private volatile bool _closed;
    private long _queued;
    private long _unloaded;

    public ChannelReader<ScoreBatch> Reader => _channel.Reader;

    public long QueuedValues => Volatile.Read(ref _queued);

    /// <summary>False: full, or shutting down. A batch larger than the bound is taken when nothing else waits.</summary>
    public bool TryEnqueue(ScoreBatch batch)
    {
        var values = batch.QueuedValues;
        if (!TryReserve(ref _queued, values, limit))
        {
            return false;
        }

        if (!batch.Model.FirstMonitor.IsSettled && TryReserve(ref _unloaded, values, limit / ShareOfUnloaded))
        {
            if (!_closed && batch.Model.FirstMonitor.TryDefer(() => Forward(batch, values)))
            {
                return true;
            }

            Interlocked.Add(ref _unloaded, -values);
        }

        // Settled before or meanwhile; when it is not, the share of those that wait for a monitor is used up.
        if (batch.Model.FirstMonitor.IsSettled && _channel.Writer.TryWrite(batch))
        {
            return true;
        }

        Interlocked.Add(ref _queued, -values);
        return false;
    }

    public void Taken(ScoreBatch batch) => Interlocked.Add(ref _queued, -batch.QueuedValues);

    /// <summary>No more batches are taken; those waiting are still scored, except those whose monitor is not loaded by then.</summary>
    public void Close()
    {
        _closed = true;
        _channel.Writer.TryComplete();
    }

    private static bool TryReserve(ref long reserved, long values, long limit)
    {
        if (Interlocked.Add(ref reserved, values) <= Math.Max(limit, values))
        {
            return true;
        }

        Interlocked.Add(ref reserved, -values);
        return false;
    }

    private void Forward(ScoreBatch batch, long values)
    {
        Interlocked.Add(ref _unloaded, -values);
        if (!_channel.Writer.TryWrite(batch))
        {
            Interlocked.Add(ref _queued, -values);
            batch.Done.TrySetException(new InvalidOperationException("The sidecar stopped before the model's monitor was loaded."));
        }
    }
}
