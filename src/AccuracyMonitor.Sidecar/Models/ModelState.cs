using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>What a version that is made goes on from.</summary>
/// <param name="LastSequence">The highest <see cref="WindowSeries.LastSequence"/> of all versions that are not in use any more.</param>
/// <param name="Sampler">Its own, from when it was in use before; null: it decides as if it were new.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ModelPast(long LastSequence, Sampler? Sampler);

/// <summary>Everything the sidecar holds of one deployed model in one version: bounded, whatever the traffic.</summary>
internal sealed class ModelState
{
    public const string OverflowSegment = "overflow";

    private readonly ModelMonitor _monitor;
    private readonly KeyedHash _folds;
    private readonly KeyedHash _secondOpinions;
    private readonly Lock _retiring = new();
    private readonly TaskCompletionSource _restored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastUsed;
    private int _holders;
    private FrozenDictionary<Type, object> _parts = FrozenDictionary<Type, object>.Empty;

    /// <param name="key">The deployed model.</param>
    /// <param name="classCount">K.</param>
    /// <param name="plan">How much is kept.</param>
    /// <param name="monitor">Owned from here on.</param>
    /// <param name="past">Of versions that were in use before.</param>
    public ModelState(ModelKey key, int classCount, ModelPlan plan, MonitorLease monitor, ModelPast past)
    {
        (Key, ClassCount, _monitor, FirstSequence) = (key, classCount, new ModelMonitor(monitor), past.LastSequence);
        AllTraffic = new SeriesState(new SeriesKey(key.Model, key.Version, ""), plan.Windows.NewSeries(past.LastSequence));
        Reservoirs = plan.Windows.NewReservoirs(classCount);
        Classes = new PredictedClasses(key, plan.Windows, plan.Budget, AllTraffic.Gate, past.LastSequence);
        Running = new RunningAccuracy(plan.Windows.Lengths[^1]);
        Sampler = past.Sampler ?? new Sampler(plan.Sampling.Value, key);
        _folds = plan.Sampling.Value.Coin.Folds(key);
        _secondOpinions = plan.Sampling.Value.Coin.SecondOpinions(key);
        Recent = new RecentIds(plan.RememberedIds);
    }

    public ModelKey Key { get; }

    /// <summary>Timestamp of the last batch.</summary>
    public long LastUsed
    {
        get => Volatile.Read(ref _lastUsed);
        set => Volatile.Write(ref _lastUsed, value);
    }

    public int ClassCount { get; }

    /// <summary>What the sequence numbers of its series come after.</summary>
    public long FirstSequence { get; }

    /// <summary>
    /// Completes when the windows have what the store knows of the version. Before, no window is estimated, no label is counted and no sum is written: the
    /// stored ones would be lost.
    /// </summary>
    public Task Restored => _restored.Task;

    /// <inheritdoc cref="Restored"/>
    public bool IsRestored => _restored.Task.IsCompleted;

    public void MarkRestored() => _restored.TrySetResult();

    /// <summary>All traffic of this version.</summary>
    public SeriesState AllTraffic { get; }

    /// <summary>A sample of all predictions with their probabilities, one for each window. Under the gate of <see cref="AllTraffic"/>.</summary>
    public RowReservoir[] Reservoirs { get; }

    /// <summary>By segment name.</summary>
    public ConcurrentDictionary<string, SeriesState> Segments { get; } = new(StringComparer.Ordinal);

    public PredictedClasses Classes { get; }

    /// <summary>Since the first label of this version.</summary>
    public RunningAccuracy Running { get; }

    /// <summary>Owned by the scoring loop.</summary>
    public Sampler Sampler { get; }

    /// <summary>Owned by the scoring loop (filled before it starts).</summary>
    public RecentIds Recent { get; }

    /// <summary>The monitor in use, to read what is known of it. To score with it, take a lease.</summary>
    public MonitorSnapshot Monitor => _monitor.Current;

    /// <summary>Predictions wait until this has settled.</summary>
    public FirstMonitor FirstMonitor { get; } = new();

    /// <summary>One fit, activation or roll-back at a time. Taken from the start, until <see cref="FirstMonitor"/> has settled.</summary>
    public SemaphoreSlim Management { get; } = new(0, 1);

    /// <summary>Owned by the scoring loop.</summary>
    public PendingRequests Pending { get; } = new();

    /// <summary>Forgets that a label was requested where the request could not be stored: a retry must not be told that it was. Called by the
    /// scoring loop.</summary>
    public void ForgetWithdrawn()
    {
        foreach (var id in Pending.TakeFailed())
        {
            var hash = Sampler.HashOf(id);
            if (Recent.TryGet(hash, out var outcome))
            {
                Recent.Add(hash, outcome with { Selected = false });
            }
        }
    }

    /// <summary>A number in [0,1) that is the prediction's alone: below the share, a second annotator answers it too.</summary>
    public double SecondOpinionDrawOf(string predictionId) => StableHash.ToUniform(_secondOpinions.Of(predictionId));

    /// <summary>What decides the cross-fitting fold of a prediction: secret, so that who chooses the ids does not also choose the folds.</summary>
    public string FoldKeyOf(string predictionId) => _folds.Of(predictionId).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The monitor in use, to score with. The caller returns the lease.</summary>
    public MonitorLease LeaseMonitor() => _monitor.Lease();

    /// <summary>Replaces the monitor, and tells the features. The caller returns its own lease as usual.</summary>
    public void Adopt(MonitorLease monitor)
    {
        _monitor.Adopt(monitor);
        foreach (var part in _parts.Values)
        {
            (part as IFollowsMonitor)?.MonitorChanged(monitor.Monitor);
        }
    }

    /// <summary>Keeps the version from making room for another until <see cref="LetGo"/>: what is about to be counted or written in its name would be
    /// lost.</summary>
    /// <returns>False if it is making room, and whoever looks for it again finds its successor.</returns>
    public bool TryHold()
    {
        for (var holders = Volatile.Read(ref _holders); holders >= 0;)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Ends one <see cref="TryHold"/>.</summary>
    public void LetGo() => Interlocked.Decrement(ref _holders);

    /// <summary>Nobody holds the version, and from now on nobody can.</summary>
    public bool TryEndHolding() => Interlocked.CompareExchange(ref _holders, int.MinValue, 0) == 0;

    /// <summary>Undoes <see cref="TryEndHolding"/>.</summary>
    public void AllowHolding() => Volatile.Write(ref _holders, 0);

    /// <summary>The version is no longer in use: its monitor is given back, and nothing may be changed in its name. Set by who holds
    /// <see cref="Management"/>.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Begins a write in the name of the version, which must not wait.</summary>
    /// <returns>False if the version is not in use any more, and nothing of it may reach the store.</returns>
    public bool TryWrite(Func<Task> begin, out Task write)
    {
        lock (_retiring)
        {
            write = IsRetired ? Task.CompletedTask : begin();
            return !IsRetired;
        }
    }

    /// <summary>Waits for <see cref="Management"/>.</summary>
    /// <returns>False if the version has been retired meanwhile, and nothing is held.</returns>
    public async Task<bool> TryManageAsync(CancellationToken cancel)
    {
        await Management.WaitAsync(cancel);
        if (IsRetired)
        {
            Management.Release();
        }

        return !IsRetired;
    }

    /// <summary>Ends the use of the version. The caller holds <see cref="Management"/>. Whoever still scores has a lease of his own.</summary>
    /// <param name="nothing">Takes the monitor's place. The caller returns its own lease as usual.</param>
    public void Retire(MonitorLease nothing)
    {
        lock (_retiring)
        {
            IsRetired = true;
        }

        _monitor.Adopt(nothing);
    }

    /// <summary>Lets the waiting predictions and the management of monitors go on. Called once.</summary>
    public void SettleFirstMonitor()
    {
        Management.Release();
        FirstMonitor.Settle();
    }

    /// <summary>A feature's state of this model version.</summary>
    /// <exception cref="InvalidOperationException">No feature has registered it.</exception>
    public T Part<T>()
        where T : class => FindPart<T>() ?? throw new InvalidOperationException($"No {typeof(T).Name} is registered with AddModelPart.");

    /// <summary>A feature's state of this model version; null: it has none.</summary>
    public T? FindPart<T>()
        where T : class => _parts.GetValueOrDefault(typeof(T)) as T;

    /// <summary>Called once, before the model version is known to anybody.</summary>
    public void Attach(IEnumerable<ModelPart> parts) => _parts = parts
        .Select(p => (p.Type, Value: p.Create(this)))
        .Where(p => p.Value is not null)
        .ToFrozenDictionary(p => p.Type, p => p.Value!);

    /// <summary>All traffic and the segments.</summary>
    public IEnumerable<SeriesState> AllSeries => Segments.Values.Prepend(AllTraffic);

    /// <summary>Every series that counts a prediction.</summary>
    public IEnumerable<SeriesState> SeriesOf(string segment, int predictedClass)
    {
        yield return AllTraffic;
        if (segment.Length > 0 && Segments.TryGetValue(segment, out var state))
        {
            yield return state;
        }

        if (Classes.Of(predictedClass) is { } ofClass)
        {
            yield return ofClass;
        }
    }
}
