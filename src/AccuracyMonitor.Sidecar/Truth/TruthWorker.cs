using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Truth;

/// <summary>
/// Writes predictions that are to be remembered, and compares what was estimated with what came true. A process that is killed loses the predictions of
/// the last second; the store has the others.
/// </summary>
internal sealed class TruthWorker(
    TruthBuffer buffer, TruthWriter writer, MonitorStore store, ModelRegistry registry, LatestRealized latest, IOptions<TruthOptions> settings,
    TimeProvider time, WorkFailures failures)
    : PeriodicWorker("Remembering predictions", Interval, time, failures)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _judged = time.GetTimestamp();

    public override async Task RunAsync(CancellationToken cancel)
    {
        if (!buffer.IsOn)
        {
            return;
        }

        await writer.FlushAsync(cancel);
        if (Time.GetElapsedTime(_judged) >= settings.Value.JudgeInterval)
        {
            _judged = Time.GetTimestamp();
            await JudgeAsync(cancel);
        }
    }

    /// <summary>Writes for the last time, after the scoring loop has ended.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await writer.FlushAsync(CancellationToken.None);
    }

    /// <summary>Compares for every model version.</summary>
    public async Task JudgeAsync(CancellationToken cancel)
    {
        List<RealizedAccuracy> all = [];
        foreach (var model in registry.Models)
        {
            if (await JudgeAsync(model.Key, cancel) is { } realized)
            {
                all.Add(realized);
            }
        }

        latest.All = all;
    }

    /// <returns>Null if no stretch is complete.</returns>
    private async Task<RealizedAccuracy?> JudgeAsync(ModelKey key, CancellationToken cancel)
    {
        var share = settings.Value.CompleteShare;
        var stretches = await store.Truth.RealizedAsync(key, settings.Value.Window, cancel);
        var ended = stretches.Where(s => s.End <= Time.GetUtcNow() && s.IsComplete(share)).ToArray();
        if (ended.Length == 0)
        {
            return null;
        }

        List<(Interval Estimate, double Realized)> audited = [];
        foreach (var window in await store.Windows.ClosedAsync(key, cancel))
        {
            if (await store.Truth.RealizedAsync(key, window.Start, window.End, cancel) is { } truth && truth.IsComplete(share))
            {
                audited.Add((window.Interval, truth.Accuracy.Value));
            }
        }

        return new RealizedAccuracy(
            key, ended[^1], EstimateJudgement.OfIntervals(audited),
            EstimateJudgement.OfValues(ended.Select(s => (s.Score / s.Predictions, s.Accuracy.Value))));
    }
}
