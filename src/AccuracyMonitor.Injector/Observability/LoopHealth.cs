namespace AccuracyMonitor.Injector.Observability;

/// <summary>Whether a piece of work that is done again and again gets done. For many threads.</summary>
/// <param name="name">Of the component.</param>
/// <param name="interval">Between two rounds.</param>
/// <param name="time">Measures since when nothing was done.</param>
internal sealed class LoopHealth(string name, TimeSpan interval, TimeProvider time)
{
    /// <summary>Rounds that may fail one after the other: the API server is away for minutes while its machine is upgraded.</summary>
    private const int Rounds = 10;

    private static readonly TimeSpan Least = TimeSpan.FromMinutes(5);

    private long _tried = time.GetTimestamp();
    private long _succeeded = time.GetTimestamp();
    private volatile string _last = "it has not been done yet";

    public string Name => name;

    /// <summary>No round has ended for a long time, neither well nor badly.</summary>
    public bool IsStuck => time.GetElapsedTime(Volatile.Read(ref _tried)) > Patience;

    /// <summary>Null: it gets done.</summary>
    public string? Problem => time.GetElapsedTime(Volatile.Read(ref _succeeded)) is var since && since > Patience
        ? $"not done for {since.TotalSeconds:0} s: {_last}"
        : null;

    private TimeSpan Patience => interval * Rounds > Least ? interval * Rounds : Least;

    public void Succeeded()
    {
        Volatile.Write(ref _tried, time.GetTimestamp());
        Volatile.Write(ref _succeeded, time.GetTimestamp());
    }

    /// <param name="why">In words.</param>
    public void Failed(string why)
    {
        _last = why;
        Volatile.Write(ref _tried, time.GetTimestamp());
    }
}

/// <summary>All that is done again and again. For many threads.</summary>
internal sealed class LoopHealths(TimeProvider time)
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<LoopHealth> _all = new();

    public IEnumerable<LoopHealth> All => _all;

    public LoopHealth Add(string name, TimeSpan interval)
    {
        var health = new LoopHealth(name, interval, time);
        _all.Enqueue(health);
        return health;
    }
}
