using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Composition;

/// <summary>As <see cref="SidecarStartup"/> does for all versions, for one that was evicted.</summary>
internal sealed class ReturningModels(IServiceProvider services, TimeProvider time) : IReturningModels
{
    public bool Restore(ModelRegistry registry, ModelState model, Task stored)
    {
        // The thread is this version's own, and its predictions wait for the end of the work.
        stored.GetAwaiter().GetResult();
        return RestoreAsync(registry, model).GetAwaiter().GetResult();
    }

    private async Task<bool> RestoreAsync(ModelRegistry registry, ModelState model)
    {
        var store = services.GetRequiredService<MonitorStore>();
        var since = time.GetUtcNow() - services.GetRequiredService<IOptions<EstimationOptions>>().Value.EffectiveWindows[^1];
        var uniform = (await store.UniformLabelsAsync()).FirstOrDefault(u => u.Key == model.Key);
        registry.Restore(model, new StoredHistory
        {
            Buckets = [.. (await store.BucketsAsync(since)).Where(b => b.Series.ModelKey == model.Key)],
            ClosedWindows = [.. (await store.ClosedWindowsAsync()).Where(w => w.Key == model.Key).Select(w => w.Window)],
            UniformLabels = uniform.Labels,
            UniformRight = uniform.Correct,
        });
        await foreach (var request in store.RequestsSinceAsync(since))
        {
            if (request.Series.ModelKey == model.Key)
            {
                SidecarStartup.Restore(registry, model, request, time.GetUtcNow());
            }
        }

        if (await store.ActiveMonitorAsync(model.Key) is not { } row)
        {
            return false;
        }

        using var champion = services.GetRequiredService<MonitorManager>().ToMonitor(row, running: null, model.ClassCount);
        model.Adopt(champion);
        return true;
    }
}
