using System.Collections.Concurrent;
using AccuracyMonitor.Core;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>The model versions and series known, their number capped.</summary>
internal sealed class ModelRegistry(
    ModelPlan plan, IStartingMonitors monitors, IEnumerable<ModelPart> parts, TimeProvider time, ILogger<ModelRegistry> logger)
{
    private readonly ConcurrentDictionary<ModelKey, ModelState> _models = new();
    private readonly Dictionary<ModelKey, StoredHistory> _stored = [];
    private readonly Lock _gate = new();
    private readonly ModelPart[] _parts = [.. parts];

    public IEnumerable<ModelState> Models => _models.Values;

    public bool TryGet(ModelKey key, out ModelState state) => _models.TryGetValue(key, out state!);

    /// <summary>What is known from before a restart, for the model version when it is first seen again.</summary>
    public void Remember(ModelKey key, StoredHistory history) => _stored[key] = history;

    /// <summary>Counts labels of the uniform sample for a model version, seen since the restart or not.</summary>
    public void CountUniform(ModelKey key, int labels, int right)
    {
        lock (_gate)
        {
            if (_models.TryGetValue(key, out var known))
            {
                known.Running.Count(labels, right);
            }
            else
            {
                var history = _stored.GetValueOrDefault(key) ?? new StoredHistory();
                _stored[key] = history with { UniformLabels = history.UniformLabels + labels, UniformRight = history.UniformRight + right };
            }
        }
    }

    /// <summary>The state of a model version, made on first sight.</summary>
    /// <returns>Null: the number of model versions is at its cap.</returns>
    public ModelState? GetOrCreate(ModelKey key, int classCount)
    {
        if (_models.TryGetValue(key, out var known))
        {
            return known;
        }

        ModelState state;
        lock (_gate)
        {
            if (_models.TryGetValue(key, out known))
            {
                return known;
            }

            if (_models.Count >= plan.Limits.Models)
            {
                return null;
            }

            var atHand = monitors.AtHand(key, classCount);
            state = new ModelState(key, classCount, plan, atHand ?? monitors.Fallback());
            state.Attach(_parts);
            Restore(state);
            if (atHand is not null)
            {
                state.SettleFirstMonitor();
            }

            _models[key] = state;
        }

        if (!state.FirstMonitor.IsSettled)
        {
            // On a thread of its own: loading takes long, and this one belongs to a caller who reports predictions.
            _ = Task.Factory.StartNew(() => LoadMonitor(state), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return state;
    }

    private void LoadMonitor(ModelState state)
    {
        try
        {
            using var loaded = monitors.Load(state.Key, state.ClassCount);
            state.Adopt(loaded);
        }
#pragma warning disable CA1031 // Whatever is wrong with one model's monitor, its predictions are scored by the fallback, and other models are not affected.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ModelLog.MonitorUnusable(logger, state.Key.ToString(), e.Message);
        }
        finally
        {
            state.SettleFirstMonitor();
        }
    }

    /// <summary>The name under which a segment is kept: its own, or the overflow's.</summary>
    public string ResolveSegment(ModelState model, string segment)
    {
        if (segment.Length == 0 || model.Segments.ContainsKey(segment))
        {
            return segment;
        }

        lock (_gate)
        {
            var declared = plan.Limits.DeclaredSegments.Length == 0 || plan.Limits.DeclaredSegments.Contains(segment, StringComparer.Ordinal);
            var named = model.Segments.Count - (model.Segments.ContainsKey(ModelState.OverflowSegment) ? 1 : 0);
            var name = declared && named < plan.Limits.Segments ? segment : ModelState.OverflowSegment;
            model.Segments.GetOrAdd(name, static (n, a) => a.Registry.NewSeries(new SeriesKey(a.Key.Model, a.Key.Version, n)), (Registry: this, model.Key));
            return name;
        }
    }

    private void Restore(ModelState state)
    {
        if (!_stored.Remove(state.Key, out var history))
        {
            return;
        }

        var now = time.GetUtcNow();
        state.Running.Restore(history, now);
        foreach (var bucket in history.Buckets)
        {
            SeriesOf(state, bucket.Series)?.Windows.Restore(bucket.Snapshot, now);
        }
    }

    private SeriesState? SeriesOf(ModelState state, SeriesKey key) => key switch
    {
        { PredictedClass: { } number } => state.Classes.Of(number),
        { Segment.Length: > 0 } => state.Segments.GetOrAdd(key.Segment, static (_, a) => a.Registry.NewSeries(a.Key), (Registry: this, Key: key)),
        _ => state.AllTraffic,
    };

    private SeriesState NewSeries(SeriesKey key) => new(key, plan.Windows.NewSeries());
}
