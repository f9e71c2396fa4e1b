using System.Threading.Channels;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>What webhooks named and the loop has not looked at yet. Bounded: what does not fit is dropped, and found by the poll.</summary>
internal sealed class HintQueue(BridgeCounters counters)
{
    private const int Capacity = 1000;

    private readonly Channel<ToolHint> _hints = Channel.CreateBounded<ToolHint>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public void Add(ToolHint hint)
    {
        counters.HintTaken();
        if (!_hints.Writer.TryWrite(hint))
        {
            counters.HintDropped();
        }
    }

    /// <summary>The oldest; it stays until <see cref="Remove"/>, so that it is not lost when following it fails.</summary>
    public bool TryPeek(out ToolHint hint) => _hints.Reader.TryPeek(out hint!);

    public void Remove() => _hints.Reader.TryRead(out _);

    /// <summary>Until there is one.</summary>
    public Task WaitAsync(CancellationToken cancel) => _hints.Reader.WaitToReadAsync(cancel).AsTask();
}
