using System.Threading.Channels;
using AccuracyMonitor.Sidecar.Intake;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Scoring;

/// <summary>Batches waiting for the scoring loop, bounded by the floats they hold: overload is refused at once and never waits.</summary>
internal sealed class ScoringQueue(IOptions<IntakeOptions> options)
{
    private readonly Channel<ScoreBatch> _channel = Channel.CreateUnbounded<ScoreBatch>(new UnboundedChannelOptions { SingleReader = true });
    private readonly long _limit = options.Value.MaxQueuedValues;
    private long _queued;

    public ChannelReader<ScoreBatch> Reader => _channel.Reader;

    public long QueuedValues => Volatile.Read(ref _queued);

    /// <summary>False: full, or shutting down. A batch larger than the whole queue is taken when the queue is empty.</summary>
    public bool TryEnqueue(ScoreBatch batch)
    {
        var values = batch.QueuedValues;
        if (Interlocked.Add(ref _queued, values) > Math.Max(_limit, values))
        {
            Interlocked.Add(ref _queued, -values);
            return false;
        }

        if (_channel.Writer.TryWrite(batch))
        {
            return true;
        }

        Interlocked.Add(ref _queued, -values);
        return false;
    }

    public void Taken(ScoreBatch batch) => Interlocked.Add(ref _queued, -batch.QueuedValues);

    /// <summary>No more batches are taken; those waiting are still scored.</summary>
    public void Close() => _channel.Writer.TryComplete();
}
