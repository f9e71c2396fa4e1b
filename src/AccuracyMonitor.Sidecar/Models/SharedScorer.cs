using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// A scorer that several users hold. It is disposed once, when the last of them has let go. Scores are only computed through a
/// <see cref="MonitorLease"/>, which is a hold; the descriptive properties may be read at any time.
/// </summary>
/// <param name="scorer">Owned from here on. The creator counts as its first holder.</param>
internal sealed class SharedScorer(IMonitorScorer scorer)
{
    private int _holders = 1;

    public string Version => scorer.Version;

    public string Kind => scorer.Kind;

    public int? ClassCount => scorer.ClassCount;

    public int? Largest => scorer.Largest;

    public MonitorMetadata? Metadata => scorer.Metadata;

    /// <summary>For a holder.</summary>
    internal IMonitorScorer Scorer => scorer;

    /// <returns>False if the last holder has let go, so the scorer is disposed or about to be.</returns>
    internal bool TryHold()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            scorer.Dispose();
        }
    }
}
