using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>What one peer holds of the sink's bytes.</summary>
internal sealed class PeerBytes(PeerBudget budget, string peer) : IHeldBytes
{
    public bool TryTake(long bytes) => budget.TryTake(peer, bytes);

    public void Return(long bytes) => budget.Return(peer, bytes);
}
