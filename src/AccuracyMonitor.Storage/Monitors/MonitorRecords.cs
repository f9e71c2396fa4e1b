using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>The monitors of the model versions, which of them are in use, and the decisions about them. Part of the store: its errors are the
/// store's.</summary>
public sealed class MonitorRecords
{
    private readonly StoreEngine _engine;

    internal MonitorRecords(StoreEngine engine) => _engine = engine;

    /// <summary>Stores a monitor. It is not activated.</summary>
    /// <param name="origin">Null: the program itself.</param>
    public Task<RegisterOutcome> RegisterAsync(MonitorRow monitor, Origin? origin = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        var bytes = monitor.Onnx.Length + (monitor.Head?.Length ?? 0) + 1000L;
        return _engine.WriteAsync(c => Registry.Register(c, monitor, origin ?? monitor.CreatedAt), bytes, cancellation);
    }

    /// <summary>Makes a registered monitor the champion of its model version and records why, in one transaction.</summary>
    /// <param name="decision">Null when there was none; else about this monitor.</param>
    /// <returns>The champion now; null when no such monitor is registered, and then nothing changed.</returns>
    public Task<MonitorRow?> ActivateAsync(
        ModelKey key, string monitorVersion, PromotionRow? decision, Origin origin, CancellationToken cancellation = default)
    {
        if (decision is not null && (decision.Key, decision.ChallengerVersion) != (key, monitorVersion))
        {
            throw new ArgumentException(
                $"The decision is about {decision.ChallengerVersion} of {decision.Key}, not {monitorVersion} of {key}", nameof(decision));
        }

        return _engine.WriteAsync(c => Activations.Activate(c, key, monitorVersion, decision, origin), 1000, cancellation);
    }

    /// <summary>Makes the champion before this one the champion again, and records it as a decision. Again: the one before that.</summary>
    /// <returns>The champion now; null when there is none to go back to, and then nothing changed.</returns>
    public Task<MonitorRow?> RollBackAsync(ModelKey key, string reason, Origin origin, CancellationToken cancellation = default) =>
        _engine.WriteAsync(c => Activations.RollBack(c, key, reason, origin), 1000, cancellation);

    /// <summary>The champion, or null.</summary>
    public Task<MonitorRow?> ActiveAsync(ModelKey key, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => Activations.Active(c, key), cancellation);

    /// <summary>A registered monitor with its files, or null.</summary>
    public Task<MonitorRow?> GetAsync(ModelKey key, string monitorVersion, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => Registry.Get(c, key, monitorVersion), cancellation);

    /// <summary>The registry, of a model or a model version when given, newest first.</summary>
    public Task<IReadOnlyList<MonitorListing>> ListAsync(string? model = null, string? version = null, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => Registry.List(c, model, version), cancellation);

    /// <summary>Records a decision that activates nothing.</summary>
    /// <param name="origin">Null: the program itself.</param>
    public Task RecordDecisionAsync(PromotionRow decision, Origin? origin = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return _engine.WriteAsync(c => Decisions.Record(c, decision, origin ?? decision.DecidedAt), 1000, cancellation);
    }

    /// <summary>How many challengers of a model version have been promoted by evidence.</summary>
    public Task<int> CountPromotionsAsync(ModelKey key, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => Decisions.Promotions(c, key), cancellation);

    /// <summary>Keeps the evidence about networks in the place of what was kept for the same champion.</summary>
    public Task SaveNetworkEvidenceAsync(NetworkEvidenceRow evidence, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return _engine.WriteAsync(c => NetworkEvidence.Save(c, evidence), 1000, cancellation);
    }

    /// <summary>The evidence about networks that challenge this champion; null: none was kept.</summary>
    public Task<NetworkEvidenceRow?> NetworkEvidenceAsync(ModelKey key, string championVersion, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => NetworkEvidence.Find(c, key, championVersion), cancellation);

    /// <summary>The last decisions about a model version, newest first.</summary>
    /// <param name="limit">1–10,000.</param>
    public Task<IReadOnlyList<PromotionRow>> DecisionsAsync(ModelKey key, int limit = 100, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        return _engine.ReadAsync(c => Decisions.List(c, key, limit), cancellation);
    }
}
