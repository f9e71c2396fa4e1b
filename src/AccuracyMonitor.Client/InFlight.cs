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

    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancel) => _free.WaitAsync(timeout, cancel);

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
