using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Storage.Monitors;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>
/// Which verdicts on the challengers of one model version are worth a line in the log: a challenger is judged after every few labels, and mostly refused for
/// the reason of the one before. Under the model's management lock.
/// </summary>
internal sealed class RefusalRuns
{
    private readonly Dictionary<PromotionKind, (PromotionObstacle Obstacle, int Unlogged)> _runs = [];

    /// <returns>How many refusals were not logged before this verdict; null: this one is not to be logged either.</returns>
    public int? Next(PromotionKind kind, PromotionVerdict verdict)
    {
        var known = _runs.TryGetValue(kind, out var run);
        if (verdict.Promote)
        {
            _runs.Remove(kind);
            return run.Unlogged;
        }

        if (known && run.Obstacle == verdict.Obstacle)
        {
            _runs[kind] = run with { Unlogged = run.Unlogged + 1 };
            return null;
        }

        _runs[kind] = (verdict.Obstacle, 0);
        return run.Unlogged;
    }
}
