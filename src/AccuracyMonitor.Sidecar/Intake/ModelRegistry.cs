using System.Collections.Concurrent;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>The model versions and series known, their number capped.</summary>
internal sealed class ModelRegistry(
    IOptions<IntakeOptions> intake,
    IOptions<EstimationSettings> estimation,
    IOptions<SamplingSettings> sampling,
    IOptions<AlarmSettings> alarms,
    IStartingMonitors monitors,
    AccuracyMonitorMetrics metrics,
    TimeProvider time,
    ILogger<ModelRegistry> logger)
{
    private readonly ConcurrentDictionary<ModelKey, ModelState> _models = new();
    private readonly Dictionary<ModelKey, StoredHistory> _stored = [];
    private readonly Lock _gate = new();
    private readonly IntakeOptions _intake = intake.Value;
    private readonly EstimationSettings _estimation = estimation.Value;

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

            if (_models.Count >= _intake.MaxModels)
            {
                return null;
            }

            var atHand = monitors.AtHand(key, classCount);
            var monitor = atHand ?? monitors.Fallback();
            var whole = NewSeries(new SeriesKey(key.Model, key.Version, ""));
            state = new ModelState(
                key,
                classCount,
                whole,
                [.. _estimation.EffectiveWindows.Select(w => new RowReservoir(w, _estimation.BucketsPerWindow, classCount, _estimation.RowsPerBucket(classCount)))],
                new PredictedClasses(key, _estimation, whole.Gate),
                new RunningAccuracy(_estimation.EffectiveWindows[^1]),
                new Sampler(sampling.Value.ToCore(), key),
                sampling.Value.NewTauChoice(),
                new RecentIds(_intake.RememberedIds),
                new ModelAlarms(key, alarms.Value, monitor.Monitor.Version, sampling.Value.LeastInclusionRatio),
                metrics.ForModel(key),
                monitor);
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
            state.Alarms.StartTestOf(loaded.Monitor.Version);
        }
#pragma warning disable CA1031 // Whatever is wrong with one model's monitor, its predictions are scored by the fallback, and other models are not affected.
        catch (Exception e)
#pragma warning restore CA1031
        {
            SidecarLog.MonitorUnusable(logger, state.Key.ToString(), e.Message);
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
            var declared = _intake.Segments.Length == 0 || _intake.Segments.Contains(segment, StringComparer.Ordinal);
            var named = model.Segments.Count - (model.Segments.ContainsKey(ModelState.OverflowSegment) ? 1 : 0);
            var name = declared && named < _intake.MaxSegments ? segment : ModelState.OverflowSegment;
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
        _ => state.Whole,
    };

    private SeriesState NewSeries(SeriesKey key) => new(key, new WindowSeries(_estimation.EffectiveWindows, _estimation.BucketsPerWindow));
}
