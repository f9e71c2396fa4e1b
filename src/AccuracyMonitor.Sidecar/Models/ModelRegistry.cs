using System.Collections.Concurrent;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>The model versions and series known, their number capped.</summary>
internal sealed class ModelRegistry(
    ModelPlan plan, IStartingMonitors monitors, IVersionHistory history, IEnumerable<ModelPart> parts, TimeProvider time)
{
    /// <summary>Beyond the longest window, for buckets that reach over its end and for labels on their way.</summary>
    private static readonly TimeSpan IdleMargin = TimeSpan.FromHours(1);

    /// <summary>Versions out of use whose windows are not empty yet. With so many of them no version makes room any more.</summary>
    private const int MostStored = 10_000;

    /// <summary>Of them, the last ones, so many keep their sampler, of about 10 KiB: they decide as if they had been in use all the time.</summary>
    private const int MostSamplers = 256;

    private readonly ConcurrentDictionary<ModelKey, ModelState> _models = new();
    private readonly Dictionary<ModelKey, StoredVersion> _stored = [];
    private readonly Lock _gate = new();
    private readonly ModelPart[] _parts = [.. parts];
    private long _sequence;

    public IEnumerable<ModelState> Models => _models.Values;

    public bool TryGet(ModelKey key, out ModelState state) => _models.TryGetValue(key, out state!);

    /// <summary>Whether the version is in use, or the store has something of it.</summary>
    public bool Knows(ModelKey key)
    {
        if (_models.ContainsKey(key))
        {
            return true;
        }

        lock (_gate)
        {
            return _stored.ContainsKey(key);
        }
    }

    /// <summary>A version that the store knows, of which a window may still hold something: when it is seen, its windows are read back.</summary>
    /// <param name="key">Not in use.</param>
    /// <param name="classCount">K; null: not known.</param>
    /// <param name="age">Since its last prediction.</param>
    public void Remember(ModelKey key, int? classCount, TimeSpan age)
    {
        lock (_gate)
        {
            _stored[key] = new StoredVersion(classCount, TimestampOf(age), Sampler: null);
        }
    }

    /// <summary>What <see cref="ModelState.LastUsed"/> is where it was so long ago.</summary>
    public long TimestampOf(TimeSpan age) => time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);

    /// <summary>The state of a model version, made on first sight, with the number of classes that it had before if it is known.</summary>
    /// <returns>Null if the number of model versions is at its cap, or no memory is left for another (<see cref="IsAtCap"/>).</returns>
    public ModelState? GetOrCreate(ModelKey key, int classCount)
    {
        // One that may be retired at any moment is looked at under the gate.
        if (_models.TryGetValue(key, out var known) && time.GetElapsedTime(known.LastUsed) < plan.Limits.EvictAfter / 2)
        {
            known.LastUsed = time.GetTimestamp();
            return known;
        }

        ModelState state;
        var settled = false;
        lock (_gate)
        {
            if (_models.TryGetValue(key, out known))
            {
                known.LastUsed = time.GetTimestamp();
                return known;
            }

            var stored = _stored.GetValueOrDefault(key);
            var classes = stored?.ClassCount ?? classCount;
            if (IsAtCap || !plan.Budget.TryTake(plan.VersionBytes(classes)))
            {
                return null;
            }

            _stored.Remove(key);
            var atHand = monitors.AtHand(key, classes);
            var past = new ModelPast(_sequence, stored?.Sampler);
            state = new ModelState(key, classes, plan, atHand ?? monitors.Fallback(), past) { LastUsed = time.GetTimestamp() };
            state.Attach(_parts);
            if (stored is null)
            {
                state.MarkRestored();
            }

            if (atHand is not null && stored is null)
            {
                state.SettleFirstMonitor();
                settled = true;
            }

            _models[key] = state;
            if (!settled)
            {
                // On a thread of its own: reading and loading take long, and this one belongs to a caller who reports predictions.
                _ = Task.Factory.StartNew(
                    () => StartAsync(state, atHand is not null), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }

        return state;
    }

    /// <summary>As <see cref="GetOrCreate"/>, and the version does not make room before <see cref="ModelState.LetGo"/>.</summary>
    public ModelState? Hold(ModelKey key, int classCount)
    {
        ModelState? model;
        do
        {
            model = GetOrCreate(key, classCount);
        }
        while (model is not null && !model.TryHold());
        return model;
    }

    /// <summary>The number of model versions is at its cap.</summary>
    public bool IsAtCap => _models.Count >= plan.Limits.Models;

    /// <summary>Versions that may be retired, if room should be made; the one used longest ago first. They have had no prediction for a time, and all that is
    /// known of them is in the store, or about to be.</summary>
    public IReadOnlyList<ModelState> ToRetire() => NeedsRoom
        ? [.. _models.Values.Where(m => m.FirstMonitor.IsSettled && m.IsRestored && IsIdle(m)).OrderBy(m => m.LastUsed)]
        : [];

    /// <summary>The number of versions, or their state, is close to its bound.</summary>
    public bool NeedsRoom =>
        _models.Count >= plan.Limits.Models - Math.Max(1, plan.Limits.Models / 16) || plan.Budget.Held >= plan.Budget.Total / 8 * 7;

    /// <summary>Forgets a version, whose room others may have. When it is seen again, it goes on as after a restart.</summary>
    /// <param name="model">From <see cref="ToRetire"/>.</param>
    /// <param name="forget">Ends what else is kept of a version, before it can be seen again.</param>
    /// <returns>False if it has been used meanwhile, or holds what is not stored.</returns>
    public bool TryRetire(ModelState model, Action<ModelKey> forget)
    {
        lock (_gate)
        {
            if (!IsIdle(model) || !model.IsRestored || !HasRoomForStored() || !model.TryEndHolding())
            {
                return false;
            }

            if (HasUnsaved(model) || !TryRemove(model, forget))
            {
                model.AllowHolding();
                return false;
            }

            _stored[model.Key] = new StoredVersion(model.ClassCount, model.LastUsed, model.Sampler);
            if (_stored.Count(s => s.Value.Sampler is not null) > MostSamplers)
            {
                var (oldest, version) = _stored.Where(s => s.Value.Sampler is not null).MinBy(s => s.Value.LastUsed);
                _stored[oldest] = version with { Sampler = null };
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

    /// <summary>Forgets that the store knows the versions for which a condition holds.</summary>
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

    /// <summary>Under the gate. Forgets the versions whose windows are empty by now.</summary>
    private bool HasRoomForStored()
    {
        if (_stored.Count >= MostStored)
        {
            foreach (var (key, _) in _stored.Where(s => time.GetElapsedTime(s.Value.LastUsed) > plan.Windows.Lengths[^1] + IdleMargin).ToArray())
            {
                _stored.Remove(key);
            }
        }

        return _stored.Count < MostStored;
    }

    private static bool HasUnsaved(ModelState model)
    {
        if (model.Running.Unsaved.Count > 0)
        {
            return true;
        }

        foreach (var series in model.AllSeries.Concat(model.Classes.All))
        {
            lock (series.Gate)
            {
                if (series.Windows.HasUnsaved)
                {
                    return true;
                }
            }
        }

        return false;
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
        _sequence = model.AllSeries.Concat(model.Classes.All).Max(s => s.Windows.LastSequence) is var last && last > _sequence ? last : _sequence;
        forget(model.Key);
        return true;
    }

    private void End(ModelState model)
    {
        using var nothing = monitors.Fallback();
        model.Retire(nothing);
    }

    private bool IsIdle(ModelState model) => time.GetElapsedTime(model.LastUsed) >= plan.Limits.EvictAfter;

    /// <summary>Reads the windows back, then loads the monitor unless it has it, and lets the waiting predictions go on.</summary>
    private async Task StartAsync(ModelState state, bool hasMonitor)
    {
        if (!state.IsRestored)
        {
            await history.RestoreAsync(this, state);
            state.MarkRestored();
        }

        if (!hasMonitor)
        {
            await LoadMonitorAsync(state);
        }
        else if (!state.FirstMonitor.IsSettled)
        {
            state.SettleFirstMonitor();
        }
    }

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

        model.Segments[name] = new SeriesState(new SeriesKey(model.Key.Model, model.Key.Version, name), plan.Windows.NewSeries(model.FirstSequence));
        return true;
    }

    /// <summary>The series of a version by its name, made where it is missing; null: no memory is left for it.</summary>
    public SeriesState? SeriesOf(ModelState state, SeriesKey key)
    {
        if (key.PredictedClass is { } number)
        {
            return state.Classes.Of(number);
        }

        if (key.Segment.Length == 0)
        {
            return state.AllTraffic;
        }

        lock (_gate)
        {
            return TryAddSegment(state, key.Segment) ? state.Segments[key.Segment] : null;
        }
    }

    /// <param name="ClassCount">K; null: not known.</param>
    /// <param name="LastUsed">Timestamp of its last batch.</param>
    /// <param name="Sampler">Null: as if it were new.</param>
    private sealed record StoredVersion(int? ClassCount, long LastUsed, Sampler? Sampler);
}
