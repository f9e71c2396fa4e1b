using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>What one call holds of the <see cref="MessageBudget"/> beside the message that is being read; all of it is given back when the call ends.</summary>
internal sealed class CallBudget(HttpContext context, MessageBudget budget) : IDisposable
{
    private readonly BudgetedReader? _reader = context.Features.Get<BudgetedReader>();
    private readonly string _peer = context.Connection.PeerName();
    private long _held;

    /// <summary>The message that was handed over last is no longer needed.</summary>
    public void MessageDone() => _reader?.MessageDone();

    /// <returns>Null if it was taken; else the reason for the caller. It has been counted.</returns>
    public string? TryTake(long bytes)
    {
        var reason = budget.TryTake(_peer, bytes, ofMessage: 0);
        if (reason is null)
        {
            Interlocked.Add(ref _held, bytes);
        }

        return reason;
    }

    public void Return(long bytes)
    {
        Interlocked.Add(ref _held, -bytes);
        budget.Return(_peer, bytes);
    }

    public void Dispose() => budget.Return(_peer, Interlocked.Exchange(ref _held, 0));
}
