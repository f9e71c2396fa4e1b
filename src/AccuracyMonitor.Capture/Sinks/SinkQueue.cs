using System.Threading.Channels;
using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>What came and waits to be read, bounded by number; the bytes are bounded by <see cref="Budget"/>.</summary>
internal sealed class SinkQueue(IOptions<SinkOptions> options)
{
    private readonly Channel<ReceivedEvents> _channel = Channel.CreateBounded<ReceivedEvents>(
        new BoundedChannelOptions(options.Value.MaxQueuedEvents) { SingleReader = true });

    public ChannelReader<ReceivedEvents> Reader => _channel.Reader;

    /// <summary>Of the loop that reads.</summary>
    public WorkProgress Progress { get; } = new();

    /// <summary>One peer may hold three quarters: behind a broker there is no other.</summary>
    public PeerBudget Budget { get; } = new(options.Value.MaxQueuedBytes, options.Value.MaxQueuedBytes / 4 * 3);

    /// <returns>False if the queue is full or shutting down.</returns>
    public bool TryAdd(ReceivedEvents received) => _channel.Writer.TryWrite(received);

    /// <summary>Nothing more is taken; what waits is still read.</summary>
    public void Close() => _channel.Writer.TryComplete();
}
