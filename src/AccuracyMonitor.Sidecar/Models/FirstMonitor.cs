namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// Whether the monitor that a model version starts with has been loaded. Until then the predictions of this version wait, so that none is
/// scored by a monitor that was not meant for it.
/// </summary>
internal sealed class FirstMonitor
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile List<Action>? _waiting = [];

    /// <summary>Completes when the monitor has been loaded, or when loading failed and the fallback stays. Never faulted.</summary>
    public Task Settled => _settled.Task;

    public bool IsSettled => _waiting is null;

    /// <summary>Registers work to be done once the monitor is there. Works run in the order in which they were registered.</summary>
    /// <returns>False if it is complete already; the caller then continues itself.</returns>
    public bool TryDefer(Action work)
    {
        if (_waiting is null)
        {
            return false;
        }

        lock (_gate)
        {
            if (_waiting is not { } waiting)
            {
                return false;
            }

            waiting.Add(work);
            return true;
        }
    }

    public void Settle()
    {
        lock (_gate)
        {
            // Under the gate, so that nothing overtakes what waited; each work only writes to an unbounded channel.
            foreach (var work in _waiting ?? [])
            {
                work();
            }

            _waiting = null;
        }

        _settled.TrySetResult();
    }
}
