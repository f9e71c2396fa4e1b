using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>
/// The estimates of a model version's longest window since the sidecar started, for a plot: at most <see cref="MaxPoints"/>. When they are full, every second
/// one goes and the distance of the next doubles. One writer; readers get an immutable array.
/// </summary>
internal sealed class EstimateHistory
{
    public const int MaxPoints = 240;

    private volatile HistoryPoint[] _points = [];
    private TimeSpan _distance;

    public IReadOnlyList<HistoryPoint> Points => _points;

    public void Add(DateTimeOffset at, WindowEstimate estimate)
    {
        var points = _points;
        if (points.Length > 0 && at - points[^1].At < _distance)
        {
            return;
        }

        if (points.Length == MaxPoints)
        {
            points = [.. points.Where((_, i) => i % 2 == 0)];
            _distance = (at - points[0].At) / (MaxPoints / 2);
        }

        _points = [.. points, new HistoryPoint(at, Of(estimate.Audited), Of(estimate.LabelFree))];
    }

    private static HistoryInterval? Of(AccuracyEstimate estimate) =>
        estimate.State == EstimateState.Ok ? new HistoryInterval((float)estimate.Value, (float)estimate.Lower, (float)estimate.Upper) : null;
}

/// <summary>What was published at one time; null: the estimate was not to be had.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HistoryPoint(DateTimeOffset At, HistoryInterval? Audited, HistoryInterval? LabelFree);

[StructLayout(LayoutKind.Auto)]
internal readonly record struct HistoryInterval(float Value, float Lower, float Upper);
