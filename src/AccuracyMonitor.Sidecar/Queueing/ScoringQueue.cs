using System.Threading.Channels;
using AccuracyMonitor.Hosting;
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
    private readonly Lock _gate = new();
    private readonly HashSet<FirstMonitor> _awaited = [];
    private bool _closed;
    private long _queued;
    private long _unloaded;

    public ChannelReader<ScoreBatch> Reader => _channel.Reader;

    public long QueuedValues => Volatile.Read(ref _queued);

    /// <summary>Whether batches wait that could be scored now.</summary>
    public bool HasWork => Volatile.Read(ref _queued) > Volatile.Read(ref _unloaded);

    /// <summary>Of the loop that scores.</summary>
    public WorkProgress Progress { get; } = new();

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
            if (TryAwait(batch.Model.FirstMonitor) && batch.Model.FirstMonitor.TryDefer(() => Forward(batch, values)))
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

    /// <summary>No more batches are taken; those waiting are still scored. Those whose monitor has not been loaded by then are scored by the fallback:
    /// they have been accepted, and must be counted.</summary>
    public void Close()
    {
        FirstMonitor[] awaited;
        lock (_gate)
        {
            _closed = true;
            awaited = [.. _awaited];
        }

        foreach (var monitor in awaited)
        {
            monitor.Settle();
        }

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

    private bool TryAwait(FirstMonitor monitor)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _awaited.RemoveWhere(static known => known.IsSettled);
            _awaited.Add(monitor);
            return true;
        }
    }

    /// <summary>The channel is open: <see cref="Close"/> waits for the end of every <see cref="FirstMonitor.Settle"/> before it completes the
    /// channel.</summary>
    private void Forward(ScoreBatch batch, long values)
    {
        Interlocked.Add(ref _unloaded, -values);
        _channel.Writer.TryWrite(batch);
    }
}
