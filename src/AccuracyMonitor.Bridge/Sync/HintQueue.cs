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

    /// <summary>The oldest.</summary>
    public bool TryTake(out ToolHint hint) => _hints.Reader.TryRead(out hint!);

    /// <summary>Until there is one.</summary>
    public Task WaitAsync(CancellationToken cancel) => _hints.Reader.WaitToReadAsync(cancel).AsTask();
}
