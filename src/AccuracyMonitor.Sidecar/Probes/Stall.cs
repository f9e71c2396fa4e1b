using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Sidecar.Probes;

/// <summary>Tells a loop that has nothing to do from one that gets nothing done. Thread-safe.</summary>
/// <param name="progress">Of the loop.</param>
/// <param name="waits">Does work wait for it?</param>
/// <param name="limit">How long work may wait without any being finished.</param>
/// <param name="time">Its monotonic time counts.</param>
internal sealed class Stall(WorkProgress progress, Func<bool> waits, TimeSpan limit, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _finished = -1;
    private long _since;

    /// <returns>What is wrong, or null.</returns>
    public string? Read()
    {
        lock (_gate)
        {
            var (finished, now) = (progress.Finished, time.GetTimestamp());
            if (finished != _finished || !(progress.IsRunning || waits()))
            {
                (_finished, _since) = (finished, now);
                return null;
            }

            var waited = time.GetElapsedTime(_since, now);
            return waited > limit ? $"work has waited for {waited.TotalSeconds:0} s and none was finished" : null;
        }
    }
}
