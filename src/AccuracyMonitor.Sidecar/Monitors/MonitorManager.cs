using System.Text.Json;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>
/// Changes champions: durable first, then one reference swap, then a new validity test. A monitor that can't be loaded never gets that far,
/// and the last good one stays.
/// </summary>
internal sealed class MonitorManager(MonitorStore store, MonitorLoader loader, TimeProvider time, ILogger<MonitorManager> logger)
{
    /// <summary>Between the graph's version and the last label that judged its head.</summary>
    public const char HeadSeparator = '+';

    /// <summary>Records the verdict on a challenger, and lets it take over when it won. The caller holds <see cref="ModelState.Management"/>.</summary>
    /// <param name="model">Whose champion is challenged.</param>
    /// <param name="proposal">The challenger.</param>
    /// <param name="verdict">On it.</param>
    /// <param name="by">Who asked for it.</param>
    public async Task<PromotionRow> DecideAsync(ModelState model, Proposal proposal, PromotionVerdict verdict, Actor by)
    {
        var (kind, proposed, trainedOn) = proposal;
        var challenger = proposed.Monitor;
        var champion = model.Monitor;
        var decision = new PromotionRow
        {
            Key = model.Key,
            ChallengerVersion = challenger.Version,
            ChampionVersion = champion.Version,
            Kind = kind,
            Promoted = verdict.Promote,
            ChampionLoss = verdict.ChampionLoss,
            ChallengerLoss = verdict.ChallengerLoss,
            StandardError = verdict.StandardError,
            Labels = verdict.Labels,
            Reason = verdict.Reason,
            DecidedAt = time.GetUtcNow(),
        };
        if (verdict.Promote)
        {
            await EnsureRegisteredAsync(model.Key, champion, champion.TrainedThrough == 0 ? 0 : trainedOn, parent: null);
            await EnsureRegisteredAsync(model.Key, challenger, trainedOn, champion.Version);
            await ActivateChampionFirstAsync(model.Key, champion);
            _ = await store.Monitors.ActivateAsync(model.Key, challenger.Version, decision, new Origin(by, decision.DecidedAt))
                ?? throw new InvalidOperationException($"Challenger {challenger.Version} of {model.Key} is not in the store, where it was just written.");
            Adopt(model, proposed);
        }
        else
        {
            await store.Monitors.RecordDecisionAsync(decision, new Origin(by, decision.DecidedAt));
        }

        model.Metrics.Judged(kind == PromotionKind.Recalibration ? "recalibration" : "fine_tuning", verdict.Promote);
        if (model.Part<RefusalRuns>().Next(kind, verdict) is { } unlogged)
        {
            Log(model, challenger.Version, verdict, unlogged);
        }

        return decision;
    }

    private void Log(ModelState model, string challenger, PromotionVerdict verdict, int unlogged)
    {
        if (verdict.Promote)
        {
            SidecarLog.Promoted(logger, challenger, model.Key.ToString(), verdict.Reason, unlogged);
        }
        else
        {
            SidecarLog.ChallengerRefused(logger, challenger, model.Key.ToString(), verdict.Reason, unlogged);
        }
    }

    public PromotionRow TooFew(ModelState model, PromotionKind kind, int labels, int heldOut, int needed) => Refused(
        model, kind, $"{labels} labels, {heldOut} of them to judge a challenger; {needed} are needed.", labels);

    public PromotionRow Refused(ModelState model, PromotionKind kind, string reason, int labels = 0) => new()
    {
        Key = model.Key,
        ChallengerVersion = "",
        ChampionVersion = model.Monitor.Version,
        Kind = kind,
        Promoted = false,
        Labels = labels,
        Reason = reason,
        DecidedAt = time.GetUtcNow(),
    };

    /// <summary>Checks a monitor file and keeps it, without using it.</summary>
    /// <exception cref="MonitorFileException">The file is damaged, foreign, for another number of classes, too large, or took too long to load.</exception>
    public async Task<(MonitorRow Row, RegisterOutcome Outcome)> RegisterAsync(ModelKey key, int? classCount, byte[] onnx, Actor by)
    {
        using var lease = await loader.LoadAsync(load =>
        {
            var scorer = load(onnx, classCount);
            return MonitorLease.OfCreator(new MonitorSnapshot(new SharedScorer(scorer), null, scorer.Version, scorer.Version, onnx, Proven: true, 0));
        });
        var row = ToRow(key, lease.Monitor, 0, parent: null);
        return (row, await store.Monitors.RegisterAsync(row, new Origin(by, row.CreatedAt)));
    }

    /// <summary>Makes a registered monitor the champion by somebody's word. The caller holds <see cref="ModelState.Management"/>.</summary>
    /// <returns>Null if there is no such monitor.</returns>
    public async Task<MonitorRow?> ActivateAsync(ModelState model, string monitorVersion, Actor by)
    {
        if (await store.Monitors.GetAsync(model.Key, monitorVersion) is not { } row)
        {
            return null;
        }

        using var next = await loader.LoadAsync(load => ToMonitor(row, model.Monitor, model.ClassCount, load));
        await EnsureRegisteredAsync(model.Key, model.Monitor, 0, parent: null);
        await ActivateChampionFirstAsync(model.Key, model.Monitor);
        var decision = Refused(model, PromotionKind.Manual, "Activated by hand.") with { ChallengerVersion = monitorVersion, Promoted = true };
        if (await store.Monitors.ActivateAsync(model.Key, monitorVersion, decision, new Origin(by, decision.DecidedAt)) is null)
        {
            // Retention has forgotten it meanwhile.
            return null;
        }

        Adopt(model, next);
        return row;
    }

    /// <summary>Returns to the champion before this one. The caller holds <see cref="ModelState.Management"/>.</summary>
    /// <returns>Null if there was none.</returns>
    /// <exception cref="MonitorFileException">Its stored files are damaged; the present champion stays.</exception>
    public async Task<MonitorRow?> RollBackAsync(ModelState model, Actor by)
    {
        if (await store.Monitors.RollBackAsync(model.Key, "Rolled back by hand.", new Origin(by, time.GetUtcNow())) is not { } row)
        {
            return null;
        }

        try
        {
            using var earlier = await loader.LoadAsync(load => ToMonitor(row, model.Monitor, model.ClassCount, load));
            Adopt(model, earlier);
            return row;
        }
        catch (Exception e) when (e is MonitorFileException or BusyException)
        {
            // The last good one stays, on the disk as in memory.
            await store.Monitors.ActivateAsync(model.Key, model.Monitor.Version, null, time.GetUtcNow());
            throw;
        }
    }

    /// <summary>A stored monitor, ready to score; the running graph is shared when it is the same.</summary>
    /// <returns>The caller returns the lease.</returns>
    /// <exception cref="MonitorFileException">The stored files are damaged.</exception>
    /// <exception cref="BusyException">Others were loaded all the time.</exception>
    public MonitorLease ToMonitor(MonitorRow row, MonitorSnapshot? running, int? classCount) => ToMonitor(row, running, classCount, loader.Load);

    private static MonitorLease ToMonitor(MonitorRow row, MonitorSnapshot? running, int? classCount, LoadScorer load)
    {
        var (properties, head) = ReadProperties(row);
        if (running is not null && running.GraphVersion == properties.GraphVersion)
        {
            var sameGraph = running with
            {
                Head = head,
                Version = row.MonitorVersion,
                Proven = properties.Proven,
                TrainedThrough = properties.TrainedThrough,
                HeadStandardError = properties.MeanScoreStandardError,
            };
            if (MonitorLease.TryTake(sameGraph) is { } sharing)
            {
                return sharing;
            }
        }

        IMonitorScorer scorer = row.Onnx.Length == 0
            ? new CalibratedScoreScorer(ScoreCalibration.Identity, properties.GraphVersion)
            : load(row.Onnx, classCount);
        return MonitorLease.OfCreator(new MonitorSnapshot(
            new SharedScorer(scorer), head, row.MonitorVersion, properties.GraphVersion, row.Onnx, properties.Proven, properties.TrainedThrough)
        {
            HeadStandardError = properties.MeanScoreStandardError,
        });
    }

    /// <summary>The champion that the store names, ready to score. Waits for the store.</summary>
    /// <returns>Null if there is none. The caller returns the lease.</returns>
    /// <exception cref="MonitorFileException">Its files are damaged.</exception>
    /// <exception cref="StoreException">The store can't be read now.</exception>
    /// <exception cref="BusyException">Others were loaded all the time.</exception>
    public MonitorLease? StoredChampion(ModelKey key) =>
        store.Monitors.ActiveAsync(key).GetAwaiter().GetResult() is { } row ? ToMonitor(row, running: null, classCount: null) : null;

    /// <exception cref="StoreException">The store can't be read now.</exception>
    public async Task<bool> HasStoredChampionAsync(ModelKey key, CancellationToken cancel) =>
        (await store.Monitors.ListAsync(key.Model, key.Version, cancel)).Any(m => m.Active);

    private static (MonitorProperties Properties, RecalibrationHead? Head) ReadProperties(MonitorRow row)
    {
        try
        {
            return (MonitorProperties.FromJson(row.Metadata), row.Head is null ? null : RecalibrationHead.FromBytes(row.Head));
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or JsonException)
        {
            throw new MonitorFileException($"Stored monitor {row.MonitorVersion}: {e.Message}", e);
        }
    }

    private void Adopt(ModelState model, MonitorLease next)
    {
        var monitor = next.Monitor;
        model.Adopt(next);
        SidecarLog.MonitorAdopted(logger, model.Key.ToString(), monitor.Version, monitor.Scorer.Kind);
    }

    /// <summary>The first champion comes from a file or from nothing: it is written down when the second arrives, so that a roll-back reaches it.</summary>
    private async Task ActivateChampionFirstAsync(ModelKey key, MonitorSnapshot champion)
    {
        if (await store.Monitors.ActiveAsync(key) is null)
        {
            await store.Monitors.ActivateAsync(key, champion.Version, null, time.GetUtcNow());
        }
    }

    private async Task EnsureRegisteredAsync(ModelKey key, MonitorSnapshot monitor, int trainedOn, string? parent)
    {
        if (await store.Monitors.GetAsync(key, monitor.Version) is null)
        {
            await store.Monitors.RegisterAsync(ToRow(key, monitor, trainedOn, parent));
        }
    }

    private MonitorRow ToRow(ModelKey key, MonitorSnapshot monitor, int trainedOn, string? parent)
    {
        var metadata = monitor.Scorer.Metadata;
        return new MonitorRow
        {
            Key = key,
            MonitorVersion = monitor.Version,
            Kind = monitor.Scorer.Kind,
            Parent = parent,
            CreatedAt = time.GetUtcNow(),
            TrainingLabels = trainedOn,
            Onnx = monitor.Graph,
            Head = monitor.Head?.ToBytes(),
            Metadata = new MonitorProperties
            {
                GraphVersion = monitor.GraphVersion,
                TrainedThrough = monitor.TrainedThrough,
                Proven = monitor.Proven,
                MeanScoreStandardError = monitor.HeadStandardError,
                Encoding = metadata?.Encoding.ToString() ?? "MaximumSoftmax",
                ClassCount = metadata?.ClassCount ?? 0,
                Members = metadata?.Members ?? 0,
            }.ToJson(),
        };
    }
}
