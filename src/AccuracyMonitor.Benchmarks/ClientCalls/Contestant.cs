using AccuracyMonitor.Client;

namespace AccuracyMonitor.Benchmarks.ClientCalls;

/// <summary>Pause between two calls.</summary>
internal enum Pacing
{
    /// <summary>No pause: the queue fills up.</summary>
    None,

    /// <summary>Waits while the queue is at least half full.</summary>
    WithRoom,

    /// <summary>One millisecond: caches are cold, and the client is idle when the call comes.</summary>
    Sparse,
}

/// <summary>An operation of a serving thread on one softmax vector.</summary>
internal abstract class Contestant(string name, int threads, int calls, Pacing pacing = Pacing.None)
{
    public string Name { get; } = name;

    public int Threads { get; } = threads;

    /// <summary>Of each thread.</summary>
    public int Calls { get; } = calls;

    public abstract void Call(ReadOnlySpan<float> row, string id, int number, int thread);

    protected Pacing Pacing { get; } = pacing;

    /// <summary>Between two calls, not timed.</summary>
    public virtual void Pace(int number)
    {
        if (Pacing == Pacing.Sparse)
        {
            ShortSleep.For(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>Waits until all work started by the calls has ended, so that the next contestant has the machine to itself.</summary>
    public virtual Task SettleAsync() => Task.CompletedTask;

    /// <summary>Fraction of the predictions that were dropped; null if the contestant cannot drop any.</summary>
    public virtual double? Dropped => null;

    /// <summary>Closes what the contestant has open.</summary>
    public virtual Task CloseAsync() => Task.CompletedTask;
}

/// <summary>Does nothing: measures the cost of reading the clock.</summary>
internal sealed class ClockAlone(int calls) : Contestant("the clock alone", 1, calls)
{
    public override void Call(ReadOnlySpan<float> row, string id, int number, int thread)
    {
    }
}

/// <summary>A plain copy. Each thread uses its own slots in turn.</summary>
internal sealed class ArrayCopy(string name, int threads, int calls, int classes, int places, Pacing pacing = Pacing.None)
    : Contestant(name, threads, calls, pacing)
{
    private readonly float[][] _copies = [.. Enumerable.Range(0, threads).Select(_ => new float[classes * places])];

    public override void Call(ReadOnlySpan<float> row, string id, int number, int thread) =>
        row.CopyTo(_copies[thread].AsSpan(number % places * classes, classes));
}

/// <summary>A copy into one ring shared by all threads under a lock: the simplest implementation of Observe.</summary>
internal sealed class LockedCopy(int threads, int calls, int classes, int places) : Contestant("array copy under a lock", threads, calls)
{
    private readonly float[] _copies = new float[classes * places];
    private readonly Lock _gate = new();
    private int _next;

    public override void Call(ReadOnlySpan<float> row, string id, int number, int thread)
    {
        lock (_gate)
        {
            row.CopyTo(_copies.AsSpan(_next++ % places * row.Length, row.Length));
        }
    }
}

internal sealed class ObserveCall(string name, int threads, int calls, MonitorClient client, Pacing pacing) : Contestant(name, threads, calls, pacing)
{
    /// <summary>Half of the client's default queue.</summary>
    private const int Room = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override double? Dropped => (double)client.Counters.Dropped / Math.Max(1, client.Counters.Observed);

    private long Waiting => client.Counters.Observed - client.Counters.Accepted - client.Counters.Rejected - client.Counters.Dropped;

    public override void Call(ReadOnlySpan<float> row, string id, int number, int thread) => client.Observe(row, id);

    public override void Pace(int number)
    {
        base.Pace(number);
        if (Pacing == Pacing.WithRoom && number % 256 == 0)
        {
            for (var waited = 0; Waiting > Room && waited < Patience.TotalMilliseconds; waited++)
            {
                ShortSleep.For(TimeSpan.FromMilliseconds(1));
            }
        }
    }

    public override async Task SettleAsync()
    {
        for (var waited = 0; Pacing != Pacing.None && Waiting > 0 && waited < 200; waited++)
        {
            await Task.Delay(10);
        }
    }

    public override Task CloseAsync() => client.DisposeAsync().AsTask();
}
