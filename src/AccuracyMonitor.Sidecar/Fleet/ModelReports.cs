using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage.Fleet;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>Which model versions differ from what the hub has acknowledged of them.</summary>
internal sealed class ModelReports(ModelRegistry registry)
{
    private readonly Dictionary<ModelKey, ModelReport> _acknowledged = [];

    public async Task<IReadOnlyList<ModelReport>> ChangedAsync(FleetOutbox outbox, CancellationToken cancel)
    {
        var models = registry.Models.Where(static m => m.FirstMonitor.IsSettled).Select(Of).ToDictionary(static m => m.Key);
        foreach (var gone in _acknowledged.Keys.Where(k => !models.ContainsKey(k)).ToArray())
        {
            _acknowledged.Remove(gone);
        }

        ModelReport[] changed = [.. models.Values.Where(m => m != _acknowledged.GetValueOrDefault(m.Key))];
        if (changed.Length == 0)
        {
            return changed;
        }

        var change = await outbox.NextChangeAsync(cancel);
        return Array.ConvertAll(changed, m => m with { Change = change });
    }

    public void Acknowledge(IEnumerable<ModelReport> models)
    {
        foreach (var model in models)
        {
            _acknowledged[model.Key] = model with { Change = 0 };
        }
    }

    /// <summary>The hub may have lost what it acknowledged.</summary>
    public void ReportAll() => _acknowledged.Clear();

    private static ModelReport Of(ModelState model)
    {
        var monitor = model.Monitor;
        return new ModelReport(model.Key, model.ClassCount, monitor.Version, model.MonitorValid, monitor.MeanScoreStandardError);
    }
}
