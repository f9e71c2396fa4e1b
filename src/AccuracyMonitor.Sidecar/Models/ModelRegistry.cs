using System.Collections.Concurrent;
using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Windows;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>The model versions and series known, their number capped.</summary>
internal sealed class ModelRegistry(ModelPlan plan, IStartingMonitors monitors, IEnumerable<ModelPart> parts, TimeProvider time)
{
    /// <summary>Beyond the longest window, for buckets that reach over its end and for labels on their way.</summary>
    private static readonly TimeSpan IdleMargin = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ModelKey, ModelState> _models = new();
    private readonly Dictionary<ModelKey, IReadOnlyList<BucketRow>> _stored = [];
    private readonly Lock _gate = new();
    private readonly ModelPart[] _parts = [.. parts];

    public IEnumerable<ModelState> Models => _models.Values;

    public bool TryGet(ModelKey key, out ModelState state) => _models.TryGetValue(key, out state!);

    /// <summary>Sums from before a restart over predictions that may still lie in a window, for the model version when it is first seen again.</summary>
    public void Remember(ModelKey key, IReadOnlyList<BucketRow> buckets) => _stored[key] = buckets;

    /// <summary>The state of a model version, made on first sight.</summary>
    /// <returns>Null: the number of model versions is at its cap, or no memory is left for another (<see cref="IsAtCap"/>).</returns>
    public ModelState? GetOrCreate(ModelKey key, int classCount)
    {
        // One that may be retired at any moment is looked at under the gate.
        if (_models.TryGetValue(key, out var known) && time.GetElapsedTime(known.LastUsed) < plan.Windows.Lengths[^1])
        {
            known.LastUsed = time.GetTimestamp();
            return known;
        }

        ModelState state;
        lock (_gate)
        {
            if (_models.TryGetValue(key, out known))
            {
                known.LastUsed = time.GetTimestamp();
                return known;
            }

            if (IsAtCap || !plan.Budget.TryTake(plan.VersionBytes(classCount)))
            {
                return null;
            }

            var atHand = monitors.AtHand(key, classCount);
            state = new ModelState(key, classCount, plan, atHand ?? monitors.Fallback()) { LastUsed = time.GetTimestamp() };
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
            _ = Task.Factory.StartNew(() => LoadMonitorAsync(state), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return state;
    }

    /// <summary>The number of model versions is at its cap.</summary>
    public bool IsAtCap => _models.Count >= plan.Limits.Models;

    /// <summary>
    /// Versions that may be retired, if room should be made; the one used longest ago first. They have had no prediction for longer than the longest
    /// window: none of their windows holds anything, and all that is known of them is in the store.
    /// </summary>
    public IReadOnlyList<ModelState> ToRetire() => NeedsRoom
        ? [.. _models.Values.Where(m => m.FirstMonitor.IsSettled && IsIdle(m)).OrderBy(m => m.LastUsed)]
        : [];

    /// <summary>The number of versions, or their state, is close to its bound.</summary>
    public bool NeedsRoom =>
        _models.Count >= plan.Limits.Models - Math.Max(1, plan.Limits.Models / 16) || plan.Budget.Held >= plan.Budget.Total / 8 * 7;

    /// <summary>Forgets a version, whose room others may have. When it is seen again, it goes on as after a restart.</summary>
    /// <param name="model">From <see cref="ToRetire"/>.</param>
    /// <param name="forget">Ends what else is kept of a version, before it can be seen again.</param>
    /// <returns>False: it has been used meanwhile, or holds what is not stored.</returns>
    public bool TryRetire(ModelState model, Action<ModelKey> forget)
    {
        lock (_gate)
        {
            if (!IsIdle(model) || model.Running.Unsaved.Count > 0 || !TryRemove(model, forget))
            {
                return false;
            }
        }

        End(model);
        return true;
    }

    /// <summary>Forgets a version whatever it holds, since it is to be deleted. The caller holds <see cref="ModelState.Management"/>.</summary>
    /// <param name="forget">As for <see cref="TryRetire"/>.</param>
    public void Remove(ModelState model, Action<ModelKey> forget)
    {
        lock (_gate)
        {
            TryRemove(model, forget);
        }

        End(model);
    }

    /// <summary>Forgets what <see cref="Remember"/> was told, of the versions for which a condition holds.</summary>
    public void ForgetStored(Func<ModelKey, bool> condition)
    {
        lock (_gate)
        {
            foreach (var key in _stored.Keys.Where(condition).ToArray())
            {
                _stored.Remove(key);
            }
        }
    }

    /// <summary>Under the gate.</summary>
    private bool TryRemove(ModelState model, Action<ModelKey> forget)
    {
        if (!_models.TryRemove(new KeyValuePair<ModelKey, ModelState>(model.Key, model)))
        {
            return false;
        }

        plan.Budget.Return(plan.VersionBytes(model.ClassCount) + (model.Segments.Count * plan.Windows.SeriesBytes)
            + (model.Classes.Close() * plan.Windows.ClassSeriesBytes));
        forget(model.Key);
        return true;
    }

    private void End(ModelState model)
    {
        using var nothing = monitors.Fallback();
        model.Retire(nothing);
    }

    private bool IsIdle(ModelState model) => time.GetElapsedTime(model.LastUsed) >= plan.Windows.Lengths[^1] + IdleMargin;

    private async Task LoadMonitorAsync(ModelState state)
    {
        var fallback = state.Monitor;
        try
        {
            MonitorLease? loaded;
            while ((loaded = monitors.Load(state.Key, state.ClassCount)) is null)
            {
                // Its predictions do not wait for the monitors of others: until its own is loaded, the fallback scores them.
                Settle();
                if (state.IsRetired)
                {
                    return;
                }
            }

            using (loaded)
            {
                if (!state.FirstMonitor.IsSettled)
                {
                    state.Adopt(loaded);
                }
                else
                {
                    await AdoptLateAsync(state, fallback, loaded);
                }
            }
        }
#pragma warning disable CA1031 // Whatever is wrong with one model's monitor, its predictions are scored by the fallback, and other models are not affected.
        catch (Exception e)
#pragma warning restore CA1031
        {
            monitors.Failed(state.Key, e);
        }
        finally
        {
            Settle();
        }

        void Settle()
        {
            if (!state.FirstMonitor.IsSettled)
            {
                state.SettleFirstMonitor();
            }
        }
    }

    /// <summary>Does nothing if another monitor was promoted or activated in place of the fallback.</summary>
    private static async Task AdoptLateAsync(ModelState state, MonitorSnapshot fallback, MonitorLease loaded)
    {
        if (!await state.TryManageAsync(CancellationToken.None))
        {
            return;
        }

        try
        {
            if (state.Monitor == fallback)
            {
                state.Adopt(loaded);
            }
        }
        finally
        {
            state.Management.Release();
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
            if (declared && named < plan.Limits.Segments && TryAddSegment(model, segment))
            {
                return segment;
            }

            // Without memory for the overflow either the prediction counts in all traffic alone.
            return TryAddSegment(model, ModelState.OverflowSegment) ? ModelState.OverflowSegment : "";
        }
    }

    private bool TryAddSegment(ModelState model, string name)
    {
        if (model.Segments.ContainsKey(name))
        {
            return true;
        }

        if (!plan.Budget.TryTake(plan.Windows.SeriesBytes))
        {
            return false;
        }

        model.Segments[name] = NewSeries(new SeriesKey(model.Key.Model, model.Key.Version, name));
        return true;
    }

    private void Restore(ModelState state)
    {
        if (!_stored.Remove(state.Key, out var buckets))
        {
            return;
        }

        var now = time.GetUtcNow();
        foreach (var bucket in buckets)
        {
            if (SeriesOf(state, bucket.Series) is not { } series)
            {
                continue;
            }

            lock (series.Gate)
            {
                series.Windows.Restore(bucket.Snapshot, now);
            }
        }
    }

    private SeriesState? SeriesOf(ModelState state, SeriesKey key) => key switch
    {
        { PredictedClass: { } number } => state.Classes.Of(number),
        { Segment.Length: > 0 } => TryAddSegment(state, key.Segment) ? state.Segments[key.Segment] : null,
        _ => state.AllTraffic,
    };

    private SeriesState NewSeries(SeriesKey key) => new(key, plan.Windows.NewSeries());
}
