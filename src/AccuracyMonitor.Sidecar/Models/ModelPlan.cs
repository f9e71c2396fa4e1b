using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>How much is kept of the watched models: fixed when the sidecar starts.</summary>
/// <param name="Limits">Of numbers.</param>
/// <param name="Windows">Lengths and buckets.</param>
/// <param name="Sampling">Asked for when the first model version is seen: the tap is put together before the store is open, which has the key.</param>
internal sealed record ModelPlan(ModelLimits Limits, WindowPlan Windows, Lazy<SamplerOptions> Sampling)
{
    /// <summary>Counters, alarms, settings of sampling and other small parts of a version.</summary>
    private const long Overhead = 128 << 10;

    private const int FewestIds = 1024;

    /// <summary>Charged before anything is made. Default: no bound.</summary>
    public StateBudget Budget { get; init; } = new(long.MaxValue);

    /// <summary>
    /// Ids that a version remembers. The ids of all versions that may be watched together take a half of the budget at most, so that little memory
    /// makes retries be recognised for a shorter time instead of keeping versions out.
    /// </summary>
    public int RememberedIds
    {
        get
        {
            var ids = Limits.RememberedIds;
            while (ids > FewestIds && RecentIds.BytesOf(ids) > Budget.Total / 2 / Limits.Models)
            {
                ids /= 2;
            }

            return ids;
        }
    }

    /// <summary>Upper bound of what a version takes before it has segments and classes.</summary>
    public long VersionBytes(int classCount) =>
        Windows.SeriesBytes + Windows.ReservoirBytes(classCount) + RecentIds.BytesOf(RememberedIds) + Overhead;
}

/// <summary>How many of each thing are kept.</summary>
internal sealed record ModelLimits
{
    /// <summary>(model, version) pairs.</summary>
    public required int Models { get; init; }

    /// <summary>Without predictions for this long a version makes room for others.</summary>
    public required TimeSpan EvictAfter { get; init; }

    /// <summary>Segments of one model version.</summary>
    public required int Segments { get; init; }

    /// <summary>Segments with windows of their own; empty: the first <see cref="Segments"/> seen.</summary>
    public required string[] DeclaredSegments { get; init; }

    public DeclaredClassCounts ClassCounts { get; init; } = DeclaredClassCounts.None;

    /// <summary>Predictions of one model version that a retry is recognised by.</summary>
    public required int RememberedIds { get; init; }
}
