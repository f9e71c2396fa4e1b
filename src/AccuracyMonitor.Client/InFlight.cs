using System.Collections.Concurrent;

namespace AccuracyMonitor.Client;

/// <summary>Messages sent and not yet answered on one connection; answers come in order.</summary>
internal sealed class InFlight(int limit) : IDisposable
{
    private readonly SemaphoreSlim _free = new(limit, limit);
    private readonly ConcurrentQueue<int> _rows = new();

    public bool AnsweredAny { get; private set; }

    /// <summary>Rows whose fate is unknown.</summary>
    public int Unanswered => _rows.Sum();

    /// <summary>Waits until there is room for one more message.</summary>
    /// <returns>False if there was none within <paramref name="timeout"/>.</returns>
    public async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancel)
    {
        if (_free.Wait(0, cancel))
        {
            return true;
        }

        using var patience = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            await _free.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Taken(int rows) => _rows.Enqueue(rows);

    /// <summary>None of them left this process.</summary>
    public void Clear() => _rows.Clear();

    public int Answered()
    {
        AnsweredAny = true;
        _rows.TryDequeue(out var rows);
        _free.Release();
        return rows;
    }

    public void Dispose() => _free.Dispose();
}
