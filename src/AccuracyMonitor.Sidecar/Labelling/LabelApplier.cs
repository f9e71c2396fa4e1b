using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>
/// Carries what the store has made durable into windows and counters, as differences: take the old away, add the new. Alarms depend on the order of
/// labels; they read it from the store.
/// </summary>
internal sealed class LabelApplier(ModelRegistry registry, AdaptationQueue adaptations, StoredChanges changes, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task _applied = Task.CompletedTask;

    /// <summary>
    /// Writes labels and then applies what changed. Calls are applied in the order in which they are written, although their writes may be reported in
    /// any order: a window that took a label away before it was added would lose another.
    /// </summary>
    /// <param name="write">Hands the labels to the store, which writes in the order of these calls.</param>
    /// <returns>What the store answered.</returns>
    public Task<IReadOnlyList<LabelChange>> WriteAsync(Func<Task<IReadOnlyList<LabelChange>>> write) => changes.ChangeAsync(() => WriteInOrderAsync(write));

    /// <summary>Writes something else that changes requests, and applies it.</summary>
    /// <param name="apply">Calls <see cref="Unanswered"/>, <see cref="Forgotten"/> or <see cref="Reopened"/>.</param>
    public Task<T> WriteAsync<T>(Func<Task<T>> write, Action<T> apply) => changes.ChangeAsync(async () =>
    {
        var result = await write();
        apply(result);
        return result;
    });

    private async Task<IReadOnlyList<LabelChange>> WriteInOrderAsync(Func<Task<IReadOnlyList<LabelChange>>> write)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<IReadOnlyList<LabelChange>> writing;
        Task before;
        lock (_gate)
        {
            writing = write();
            (before, _applied) = (_applied, applied.Task);
        }

        try
        {
            var written = await writing;
            await before;
            foreach (var change in written)
            {
                Apply(change);
            }

            return written;
        }
        finally
        {
            await before;
            applied.SetResult();
        }
    }

    public void Apply(LabelChange change)
    {
        if (!change.Changed || change.Request is not { } request)
        {
            return;
        }

        if (Find(request) is not { } model)
        {
            return;
        }

        if (request.UniformSample)
        {
            model.Running.CountsChanged();
        }

        var before = change.Previous is { } old ? Point(request, old) : (LabelPoint?)null;
        var after = change.Current is { } current ? Point(request, current) : (LabelPoint?)null;
        CountOutcome(model, change, after);
        if (request.IsProbabilitySample)
        {
            var unanswered = IsUnanswered(request.State).CompareTo(IsUnanswered(change.PreviousState ?? RequestState.Waiting));
            ChangeWindows(model, request, before, after, unanswered);
            if (before is null && after is { } point)
            {
                model.UniformShare?.Observe(point);
            }
        }

        if (before is null && after is not null)
        {
            model.Adaptation.Count(1);
            adaptations.Consider(model);
        }
    }

    /// <summary>A request that ended without a label, by its annotator's word or by time.</summary>
    public void Unanswered(RequestSummary request, RequestState? previous)
    {
        if (Find(request) is not { } model || !IsUnanswered(request.State))
        {
            return;
        }

        model.Metrics.Outcome(request.State == RequestState.Skipped ? "skipped" : "expired");
        if (request.IsProbabilitySample && !IsUnanswered(previous ?? RequestState.Waiting))
        {
            ChangeWindows(model, request, null, null, 1);
        }
    }

    /// <summary>
    /// A request that was deleted. What it has added to windows and counters stays, and one that still waited counts as unanswered. After a restart, windows
    /// are rebuilt without it.
    /// </summary>
    public void Forgotten(RequestSummary request)
    {
        if (Find(request) is not { } model)
        {
            return;
        }

        model.Metrics.Outcome("forgotten");
        if (request is { IsProbabilitySample: true, State: RequestState.Waiting or RequestState.Leased })
        {
            ChangeWindows(model, request, null, null, 1);
        }
    }

    /// <summary>A request that expired by a wrong clock, and waits again.</summary>
    public void Reopened(RequestSummary request)
    {
        if (Find(request) is not { } model)
        {
            return;
        }

        model.Metrics.Outcome("reopened");
        if (request.IsProbabilitySample)
        {
            ChangeWindows(model, request, null, null, -1);
        }
    }

    public static LabelPoint Point(RequestSummary request, int label) =>
        new(request.Score, request.InclusionProbability, label == request.PredictedClass);

    /// <summary>States in which nobody is expected to answer.</summary>
    public static bool IsUnanswered(RequestState state) => state is RequestState.Skipped or RequestState.Expired or RequestState.Retracted;

    /// <summary>Null: the version is not in use, or is being read back. Then the store has the change, and it counts when it has been read.</summary>
    private ModelState? Find(RequestSummary request) =>
        registry.TryGet(request.Series.ModelKey, out var model) && model.IsRestored ? model : null;

    private void ChangeWindows(ModelState model, RequestSummary request, LabelPoint? before, LabelPoint? after, int unanswered)
    {
        var now = time.GetUtcNow();
        foreach (var series in model.SeriesOf(request.Series.Segment, request.PredictedClass))
        {
            lock (series.Gate)
            {
                if (before is { } b)
                {
                    series.Windows.RemoveLabel(request.PredictionTime, b, now);
                }

                if (after is { } a)
                {
                    series.Windows.AddLabel(request.PredictionTime, a, now);
                }

                if (unanswered != 0)
                {
                    series.Windows.AddUnanswered(request.PredictionTime, unanswered, now);
                }
            }
        }

        if (before is { } taken)
        {
            model.Metrics.Labelled(taken, -1);
        }

        if (after is { } given)
        {
            model.Metrics.Labelled(given, 1);
        }
    }

    private static void CountOutcome(ModelState model, LabelChange change, LabelPoint? after)
    {
        model.Metrics.Outcome(change switch
        {
            { Current: null } => "retracted",
            { Previous: not null } => "replaced",
            _ => after!.Value.Correct ? "correct" : "incorrect",
        });
    }
}
