using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>Gives every row the same logit, counts its disposals, and fails when it is used after one.</summary>
internal sealed class CountingScorer(string version, float logit = 0) : IMonitorScorer
{
    private int _disposed;
    private int _rows;

    public int Disposed => Volatile.Read(ref _disposed);

    public int Rows => Volatile.Read(ref _rows);

    /// <summary>Every call fails from now on.</summary>
    public bool Fail { get; set; }

    public string Version => version;

    public string Kind => "calibrated-score";

    public int? ClassCount => null;

    public int? Largest => null;

    public MonitorMetadata? Metadata => null;

    public MonitorLease ToMonitor() =>
        MonitorLease.OfCreator(new MonitorSnapshot(new SharedScorer(this), null, version, version, [], Proven: true, TrainedThrough: 0));

    public void Score(ReadOnlySpan<float> probabilities, int count, int classes, Span<float> logits, Span<float> disagreements)
    {
        ObjectDisposedException.ThrowIf(Disposed > 0, this);
        if (Fail)
        {
            throw new InvalidOperationException("The scorer fails on command.");
        }

        Interlocked.Add(ref _rows, count);
        logits[..count].Fill(logit);
        disagreements[..count].Clear();
    }

    public void ScoreLargest(ReadOnlySpan<float> largest, int count, int width, Span<float> logits, Span<float> disagreements) =>
        Score(largest, count, width, logits, disagreements);

    public void Dispose() => Interlocked.Increment(ref _disposed);
}
