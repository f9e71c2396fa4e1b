using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>Rebuilds a model's alarms from the stored labels, in the order they came.</summary>
internal sealed class AlarmReplay(MonitorStore store, TimeProvider time)
{
    private const int MaxLabels = 5000;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public async Task RunAsync(ModelState model)
    {
        // 64 MiB of vectors at most, however many classes there are.
        var limit = Math.Clamp((16 << 20) / model.ClassCount, 100, MaxLabels);
        var labels = await store.LabelledRequestsAsync(model.Key, time.GetUtcNow() - Longest, limit);
        model.Alarms.Replay(labels
            .Where(l => l.Request.IsProbabilitySample)
            .Select(l => new AlarmLabel(
                new LabelPoint(l.Request.Score, l.Request.InclusionProbability, l.Label == l.Request.PredictedClass),
                l.Request.MonitorVersion,
                l.Request.Series.Segment,
                model.Classes.Of(l.Request.PredictedClass)?.Key.PredictedClass)));
    }
}
