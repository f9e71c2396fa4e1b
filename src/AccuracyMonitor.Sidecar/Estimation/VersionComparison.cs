using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Compares the versions of a model that serve side by side.</summary>
internal sealed class VersionComparison(IOptions<EstimationOptions> settings)
{
    /// <summary>Every version with predictions in a window, against the baseline of its model in that window.</summary>
    /// <param name="windows">Of the whole traffic of each version.</param>
    public IEnumerable<PublishedDifference> All(IEnumerable<PublishedEstimate> windows)
    {
        foreach (var group in windows.Where(w => w.Estimate.Predictions > 0).GroupBy(w => (w.Series.Model, w.Window)))
        {
            var versions = group.OrderByDescending(w => w.Estimate.Predictions).ThenBy(w => w.Series.Version, StringComparer.Ordinal).ToArray();
            var configured = settings.Value.BaselineOf(group.Key.Model);
            var baseline = configured is null ? versions[0] : Array.Find(versions, v => string.Equals(v.Series.Version, configured, StringComparison.Ordinal));
            foreach (var version in versions.Where(v => baseline is not null && !ReferenceEquals(v, baseline)))
            {
                yield return Between(version, baseline!);
            }
        }
    }

    public static PublishedDifference Between(PublishedEstimate version, PublishedEstimate baseline)
    {
        var (one, two) = (version.Estimate.Audited, baseline.Estimate.Audited);
        var state = one.State == EstimateState.Ok ? two.State : one.State;
        var difference = state == EstimateState.Ok ? AccuracyDifference.Between(ToInterval(one), ToInterval(two)) : default;
        return new PublishedDifference(version.Series.ModelKey, baseline.Series.Version, version.Window, state, difference);
    }

    private static Interval ToInterval(AccuracyEstimate estimate) => new(estimate.Value, estimate.Lower, estimate.Upper);
}
