using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Probes;

/// <summary>Writes to the store from time to time, because a store that nobody writes to can't be told from one that can't be written.</summary>
internal sealed class StoreProbe(MonitorStore store, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>How long a write may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private long _last;
    private string? _problem;
    private bool _probed;

    /// <summary>What the last write met, or null.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Writes, if it is time to, or if the last write failed.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (_probed && Problem is null && time.GetElapsedTime(_last) < Interval)
        {
            return;
        }

        (_probed, _last) = (true, time.GetTimestamp());
        try
        {
            await store.ProbeAsync(cancel).WaitAsync(Limit, time, cancel);
            Volatile.Write(ref _problem, null);
        }
        catch (TimeoutException)
        {
            Volatile.Write(ref _problem, $"a write was not finished within {Limit.TotalSeconds:0} s");
        }
        catch (StoreException e)
        {
            Volatile.Write(ref _problem, e.Message);
        }
    }
}
