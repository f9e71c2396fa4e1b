using System.Diagnostics;
using MathNet.Numerics.Statistics;

namespace AccuracyMonitor.Benchmarks.ClientCalls;

/// <summary>The time of every single call, and the bytes that the calling threads allocated.</summary>
internal sealed class CallTimes
{
    private readonly List<int[]> _nanoseconds = [];

    public long Allocated { get; private set; }

    public long Calls => _nanoseconds.Sum(n => (long)n.Length);

    /// <summary>Starts the contestant's threads together; each calls with every row in turn.</summary>
    public void Measure(Contestant contestant, float[] rows, int classes, string[] ids)
    {
        using var together = new Barrier(contestant.Threads);
        var threads = Enumerable.Range(0, contestant.Threads).Select(t => new Thread(() =>
        {
            var times = new int[contestant.Calls];
            together.SignalAndWait();
            var allocated = Run(contestant, times, rows, classes, ids, t);
            lock (_nanoseconds)
            {
                _nanoseconds.Add(times);
                Allocated += allocated;
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
    }

    /// <summary>Exact percentile over all calls, in nanoseconds.</summary>
    public int[] Percentiles(params double[] shares)
    {
        double[] sorted = [.. _nanoseconds.SelectMany(n => n)];
        Array.Sort(sorted);
        return [.. shares.Select(s => (int)SortedArrayStatistics.QuantileCustom(sorted, s, QuantileDefinition.EmpiricalInvCDF))];
    }

    private static long Run(Contestant contestant, int[] times, float[] rows, int classes, string[] ids, int thread)
    {
        var count = rows.Length / classes;
        contestant.Call(rows.AsSpan(0, classes), ids[0], 0, thread);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times.Length; i++)
        {
            contestant.Pace(i);
            var row = rows.AsSpan(i % count * classes, classes);
            var id = ids[((thread * times.Length) + i) % ids.Length];
            var started = Stopwatch.GetTimestamp();
            contestant.Call(row, id, i, thread);
            times[i] = (int)((Stopwatch.GetTimestamp() - started) * 1_000_000_000L / Stopwatch.Frequency);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
