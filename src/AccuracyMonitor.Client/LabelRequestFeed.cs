using System.Threading.Channels;

namespace AccuracyMonitor.Client;

/// <summary>Hands each label request to every open stream; a stream that is not read fast enough loses its oldest.</summary>
internal sealed class LabelRequestFeed(Action missed)
{
    private readonly Lock _gate = new();
    private Channel<LabelRequestedEventArgs>[] _open = [];
    private bool _closed;

    /// <summary>Open from this call on, not from the first read: nothing between the two is lost.</summary>
    public IAsyncEnumerable<LabelRequestedEventArgs> Open(int capacity)
    {
        var channel = Channel.CreateBounded<LabelRequestedEventArgs>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true }, _ => missed());
        lock (_gate)
        {
            if (_closed)
            {
                channel.Writer.Complete();
            }
            else
            {
                _open = [.. _open, channel];
            }
        }

        return ReadAsync(channel);
    }

    public void Publish(LabelRequestedEventArgs request)
    {
        foreach (var channel in Volatile.Read(ref _open))
        {
            channel.Writer.TryWrite(request);
        }
    }

    /// <summary>Ends every stream once its reader has what it holds.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var channel in _open)
            {
                channel.Writer.TryComplete();
            }

            _open = [];
        }
    }

    private async IAsyncEnumerable<LabelRequestedEventArgs> ReadAsync(
        Channel<LabelRequestedEventArgs> channel, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        try
        {
            await foreach (var request in channel.Reader.ReadAllAsync(cancel))
            {
                yield return request;
            }
        }
        finally
        {
            lock (_gate)
            {
                _open = [.. _open.Where(c => c != channel)];
            }
        }
    }
}
