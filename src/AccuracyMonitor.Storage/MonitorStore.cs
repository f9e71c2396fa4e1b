using System.Runtime.CompilerServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Fleet;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.Storage.Naming;
using AccuracyMonitor.Storage.Schema;
using AccuracyMonitor.Storage.Truth;
using AccuracyMonitor.Storage.Windows;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Storage;

/// <summary>
/// Label queue, window summaries, monitor registry and audit trail in one SQLite database. A task that writes completes when its transaction is on the
/// disk: what was acknowledged survives a crash of the process and of the machine. Each call is one transaction: all of it or nothing.
/// Safe for many callers at once.
/// </summary>
/// <remarks>
/// Every write may end with <see cref="StoreBusyException"/> (too much waits), <see cref="StoreFullException"/>,
/// <see cref="StoreLockedException"/>, <see cref="StoreDamagedException"/>, <see cref="ObjectDisposedException"/> or another
/// <see cref="StoreException"/>; then nothing of it was kept. A call cancelled while it waits is dropped; one cancelled later may have happened.
/// </remarks>
public sealed class MonitorStore : ILabelHistory, IAsyncDisposable
{
    private readonly StoreEngine _engine;
    private readonly TimeSpan _minimumRetention;
    private readonly BucketSequence _sequence = new();

    private MonitorStore(StoreEngine engine, TimeSpan minimumRetention, DateTimeOffset? newestAtOpen)
    {
        (_engine, _minimumRetention, NewestAtOpen) = (engine, minimumRetention, newestAtOpen);
        Monitors = new MonitorRecords(engine);
        Windows = new WindowRecords(engine, _sequence);
        Truth = new TruthRecords(engine);
        Inputs = new InputRecords(engine);
        Annotators = new AnnotatorRecords(engine);
        Fleet = new FleetOutbox(engine);
    }

    /// <summary>The newest time of a bucket or a request that was stored when the database was opened: an earlier process has seen it. Null: there was
    /// none.</summary>
    public DateTimeOffset? NewestAtOpen { get; }

    public StoreCounters Counters => _engine.Counters;

    public MonitorRecords Monitors { get; }

    public WindowRecords Windows { get; }

    public TruthRecords Truth { get; }

    public InputRecords Inputs { get; }

    public AnnotatorRecords Annotators { get; }

    public FleetOutbox Fleet { get; }

    /// <summary>Full path of the database.</summary>
    public string Path => _engine.File.Path;

    /// <summary>Where the last damaged database (or its log alone) was set aside since this store was opened; null when none was.</summary>
    public string? Quarantined => _engine.File.Quarantined;

    /// <summary>Opens the database, making it (and its directory) when missing; a damaged one is set aside and a fresh one started.</summary>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    /// <exception cref="StoreLockedException">Another process has it.</exception>
    /// <exception cref="StoreException">It can't be read or written, is another program's, or has a newer schema than this program knows.</exception>
    public static Task<MonitorStore> OpenAsync(StoreOptions options, TimeProvider clock, ILogger logger, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.Run(
            async () =>
            {
                var engine = StoreEngine.Open(options, clock, logger, Migrations.All);
                try
                {
                    return new MonitorStore(engine, options.MinimumRetention, await engine.ReadAsync(NewestTime.Read, CancellationToken.None));
                }
                catch
                {
                    await engine.DisposeAsync();
                    throw;
                }
            },
            cancellation);
    }

    /// <summary>
    /// Puts requests into the queue and, in the same transaction, the buckets that count them. An id that the model version has already
    /// keeps its first decision.
    /// </summary>
    /// <param name="requests">Their vectors must not change before the task completes.</param>
    /// <param name="buckets">Totals so far; each replaces what was kept of its bucket, unless that is of a later <see cref="BucketSnapshot.Sequence"/>.
    /// May be empty.</param>
    /// <returns>One outcome per request, in order.</returns>
    /// <exception cref="ArgumentException">A request or bucket is out of its bounds; nothing was kept.</exception>
    public Task<RequestOutcome[]> EnqueueAsync(
        IReadOnlyList<LabelRequest> requests, IReadOnlyList<BucketRow> buckets, CancellationToken cancellation = default)
    {
        LabellingLimits.Check(requests);
        Buckets.Check(buckets);
        // Copies: the writer comes to them later, and callers use their lists again.
        var (newRequests, totals) = (requests.ToArray(), buckets.ToArray());
        return _engine.WriteAsync(
            c =>
            {
                Buckets.Upsert(c, totals, _sequence);
                return RequestQueue.Add(c, newRequests);
            },
            LabellingLimits.Bytes(newRequests) + (Buckets.RowBytes * totals.Length),
            cancellation);
    }

    /// <summary>How many labels the uniform sample of a model version has ever had, those of a database that was set aside not counted.</summary>
    public Task<UniformLabelCount> UniformLabelsAsync(ModelKey key, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => UniformLabels.Of(c, key) with { Database = _engine.Generation }, cancellation);

    /// <summary>
    /// Hands out wanted second and third opinions to an annotator with a name who has said nothing about the request, then waiting requests, each oldest
    /// first (in the order they were enqueued). Never one past its end.
    /// </summary>
    public Task<IReadOnlyList<LeasedRequest>> LeaseAsync(LeaseQuery query, DateTimeOffset now, CancellationToken cancellation = default)
    {
        LabellingLimits.Check(query);
        return _engine.WriteAsync(c => Leases.Lease(c, query, now), 0, cancellation);
    }

    /// <summary>Moves the end of running leases to <paramref name="duration"/> (1 s–12 h) from now.</summary>
    public Task<IReadOnlyList<ItemResult>> ExtendAsync(
        IReadOnlyList<string> leaseIds, TimeSpan duration, DateTimeOffset now, CancellationToken cancellation = default)
    {
        LabellingLimits.CheckDuration(duration, nameof(duration));
        return BatchAsync(leaseIds, (c, ids) => Array.ConvertAll(ids, id => Leases.Extend(c, id, duration, now)), cancellation);
    }

    /// <summary>Gives running leases back to the queue, at their old place.</summary>
    public Task<IReadOnlyList<ItemResult>> ReleaseAsync(IReadOnlyList<string> leaseIds, DateTimeOffset now, CancellationToken cancellation = default) =>
        BatchAsync(leaseIds, (c, ids) => Array.ConvertAll(ids, id => Leases.Release(c, id, now)), cancellation);

    /// <summary>Says that no label can be given. A label that comes later is still taken.</summary>
    /// <param name="reason">Recorded; at most 500 characters.</param>
    public Task<IReadOnlyList<ItemResult>> SkipAsync(
        IReadOnlyList<string> leaseIds, string reason, Origin origin, CancellationToken cancellation = default) =>
        BatchAsync(leaseIds, (c, ids) => Leases.Skip(c, ids, reason, origin), cancellation);

    /// <summary>Says without a lease that no label can be given: of a request that waits, has expired, or is leased, whose lease then ends.</summary>
    /// <param name="reason">Recorded; at most 500 characters.</param>
    public Task<IReadOnlyList<ItemResult>> SkipAsync(
        IReadOnlyList<(ModelKey Key, string PredictionId)> predictions, string reason, Origin origin, CancellationToken cancellation = default) =>
        BatchAsync(predictions, (c, batch) => Leases.Skip(c, batch, reason, origin), cancellation);

    /// <summary>
    /// Takes labels, whatever the state of the request or lease. The same label again is <see cref="LabelOutcome.Unchanged"/>, another one
    /// replaces the first. At most 1000.
    /// </summary>
    /// <param name="keepApart">Labels that nobody asked for are kept apart, the newest of them, at most so many; 0: they are not found.</param>
    public Task<IReadOnlyList<LabelChange>> CompleteAsync(
        IReadOnlyList<LabelAnswer> answers, Origin origin, int keepApart = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keepApart);
        return BatchAsync(answers, (c, batch) => Labels.Complete(c, batch, keepApart, origin), cancellation);
    }

    /// <summary>What <see cref="CompleteAsync"/> would answer now; nothing is kept. At most 1000.</summary>
    public Task<IReadOnlyList<LabelChange>> CheckAsync(
        IReadOnlyList<LabelAnswer> answers, int keepApart = 0, string by = "", CancellationToken cancellation = default)
    {
        LabellingLimits.CheckBatch(answers, nameof(answers));
        var batch = answers.ToArray();
        return _engine.ReadAsync<IReadOnlyList<LabelChange>>(c => Array.ConvertAll(batch, a => Labels.Check(c, a, keepApart, by)), cancellation);
    }

    /// <summary>
    /// Takes labels back. The history keeps them, with who took them back and when. Of an annotator who has given a second or third opinion it takes back
    /// that instead.
    /// </summary>
    public Task<IReadOnlyList<LabelChange>> RetractAsync(
        IReadOnlyList<(ModelKey Key, string PredictionId)> predictions, string annotator, Origin origin, CancellationToken cancellation = default)
    {
        LabellingLimits.CheckAnnotator(annotator);
        return BatchAsync(predictions, (c, batch) => Labels.Retract(c, batch, annotator, origin), cancellation);
    }

    /// <summary>
    /// Takes back the opinions that an annotator gave about predictions. Labels stay: where he gave no opinion, there is nothing to take back.
    /// </summary>
    public Task<IReadOnlyList<LabelChange>> RetractOpinionsAsync(
        IReadOnlyList<(ModelKey Key, string PredictionId)> predictions, string annotator, Origin origin, CancellationToken cancellation = default)
    {
        LabellingLimits.CheckAnnotator(annotator);
        return BatchAsync(predictions, (c, batch) => Labels.RetractOpinions(c, batch, annotator, origin), cancellation);
    }

    /// <summary>
    /// Takes back the labels that one annotator gave since a time, where they are the current ones, the oldest first, then his opinions and his labels that
    /// were kept apart (<see cref="LabelOutcome.KeptApart"/>, without a request). What they replaced does not come back.
    /// The history names the caller as who took them back.
    /// </summary>
    /// <returns>What changed; as many as <see cref="AnnotatorQuery.Limit"/> when there may be more.</returns>
    public Task<IReadOnlyList<LabelChange>> RetractByAsync(AnnotatorQuery query, Origin origin, CancellationToken cancellation = default)
    {
        LabellingLimits.Check(query);
        return _engine.WriteAsync<IReadOnlyList<LabelChange>>(c => Labels.RetractBy(c, query, origin), 1000, cancellation);
    }

    /// <summary>
    /// Deletes all that is kept of predictions: requests, inputs, vectors, leases and labels, and records their number. Sums and counts that they are part
    /// of stay. The bytes are gone from the files once <see cref="EraseAsync"/> has succeeded.
    /// A hub is told (<see cref="Fleet"/>); until then their ids are kept.
    /// </summary>
    /// <param name="predictionIds">At most 1000. An id without its caller names the predictions of all callers who reported it.</param>
    public async Task<Forgotten> ForgetAsync(
        ModelKey key, IReadOnlyList<string> predictionIds, Origin origin, CancellationToken cancellation = default)
    {
        LabellingLimits.CheckBatch(predictionIds, nameof(predictionIds));
        var given = predictionIds.ToArray();

        // Inputs before, in pieces: other writes wait for one piece at most.
        while (await _engine.WriteAsync(c => InputPruning.OfPredictions(c, key, PredictionNames.All(c, key, given)), 100L * given.Length, cancellation))
        {
        }

        return await _engine.WriteAsync(
            c =>
            {
                var ids = PredictionNames.All(c, key, given);
                FleetMarking.Forget(c, key, ids);
                return Forgetting.Forget(c, key, ids, origin);
            },
            100L * given.Length,
            cancellation);
    }

    /// <summary>
    /// Deletes a piece of all that is kept of a model: call until there is no more. The bytes are gone from the files once <see cref="EraseAsync"/> has
    /// succeeded.
    /// </summary>
    /// <param name="version">Empty: all versions.</param>
    /// <param name="origin">Who asked, for the audit trail, with the first piece; null with the others.</param>
    /// <param name="limit">Bound of the work of one call, for rows of each kind, 1–10,000.</param>
    public Task<DeletedPiece> DeleteModelAsync(
        string model, string version, Origin? origin, int limit = 1000, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        StoreLimit.Check(limit, 10_000);
        return _engine.WriteAsync(c => ModelDeletion.Delete(c, model, version, origin, limit), 0, cancellation);
    }

    /// <summary>
    /// Takes the log into the database, empties it, and overwrites unused space: what was deleted before is then in neither file. Reads and writes wait
    /// meanwhile, for about as long as it takes to read the tables without the large vectors.
    /// </summary>
    /// <returns>False if another program reads the database or the disk refused. Nothing is lost; call again.</returns>
    public Task<bool> EraseAsync(CancellationToken cancellation = default) => _engine.EraseAsync(cancellation);

    /// <summary>
    /// Requests past their end become expired, ended leases go back to the queue. A lease that still runs past the end of its request is let finish.
    /// </summary>
    /// <param name="limit">Bound of the work of one call, 1–10,000.</param>
    /// <returns>The requests that expired, oldest first; as many as <paramref name="limit"/> when there may be more.</returns>
    public Task<IReadOnlyList<RequestSummary>> ExpireAsync(DateTimeOffset now, int limit = 1000, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        return _engine.WriteAsync(c => RequestQueue.Expire(c, now, limit), 0, cancellation);
    }

    /// <summary>Undoes <see cref="ExpireAsync"/> for requests whose end has not come after all: the clock was wrong then. They wait again.</summary>
    /// <param name="limit">Bound of the work of one call, 1–10,000.</param>
    /// <returns>The requests that wait again; as many as <paramref name="limit"/> when there may be more.</returns>
    public Task<IReadOnlyList<RequestSummary>> ReopenAsync(DateTimeOffset now, int limit = 1000, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        return _engine.WriteAsync(c => RequestQueue.Reopen(c, now, limit), 0, cancellation);
    }

    /// <summary>The queue in numbers, of a model or a model version when given.</summary>
    public Task<QueueCounts> CountsAsync(string? model = null, string? version = null, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => RequestQueue.Counts(c, model, version), cancellation);

    /// <summary>One request, or null.</summary>
    public Task<RequestSummary?> FindAsync(ModelKey key, string predictionId, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => RequestReads.Find(c, key, predictionId)?.Summary(), cancellation);

    /// <summary>Label requests in every state with what became of them, newest first.</summary>
    public Task<IReadOnlyList<RequestListing>> RequestsAsync(RequestQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        StoreLimit.Check(query.Limit, 10_000);
        return _engine.ReadAsync(c => RequestList.Page(c, query), cancellation);
    }

    /// <summary>All that was ever said about one prediction's label, in order.</summary>
    public Task<IReadOnlyList<LabelEntry>> LabelHistoryAsync(ModelKey key, string predictionId, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => RequestReads.History(c, key, predictionId), cancellation);

    /// <inheritdoc/>
    public Task<LabelHistoryPage> LabelPageAsync(LabelHistoryQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        StoreLimit.Check(query.Limit, 10_000);
        return _engine.ReadAsync(c => LabelHistory.Page(c, query, _engine.Generation), cancellation);
    }

    /// <summary>
    /// Labelled requests of a model version with their vectors, for training: the newest <paramref name="limit"/> labels (1–100,000) of
    /// predictions made at or after <paramref name="predictedSince"/>, in the order in which the labels were given.
    /// </summary>
    public Task<IReadOnlyList<LabelledRequest>> LabelledRequestsAsync(
        ModelKey key, DateTimeOffset predictedSince, int limit, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 100_000);
        return _engine.ReadAsync(c => RequestReads.Labelled(c, key, predictedSince, limit), cancellation);
    }

    /// <summary>The versions with requests or sums of predictions made at or after a time.</summary>
    public Task<IReadOnlyList<StoredVersion>> VersionsSinceAsync(DateTimeOffset predictedSince, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => StoredVersions.Since(c, predictedSince), cancellation);

    /// <summary>
    /// All requests predicted at or after a time, of a version when given, with state and current label, in the order of their prediction: what windows
    /// and alarms are rebuilt from. Read page by page, so that it takes little memory; a request that changes meanwhile is seen in one of its states.
    /// </summary>
    public async IAsyncEnumerable<RequestSummary> RequestsSinceAsync(
        DateTimeOffset predictedSince, ModelKey? key = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        const int PageSize = 1000;
        RequestRow? last = null;
        do
        {
            var from = last;
            var page = await _engine.ReadAsync(c => RequestReads.Page(c, key, predictedSince, from, PageSize), cancellation);
            foreach (var row in page)
            {
                yield return row.Summary();
            }

            last = page.Count < PageSize ? null : page[^1];
        }
        while (last is not null);
    }

    /// <summary>Records a start, with the names of the settings that differ from the start before. Of the settings only keyed digests are kept.</summary>
    /// <param name="settings">By name, in which case does not count.</param>
    public Task RecordStartAsync(IReadOnlyDictionary<string, string> settings, Origin origin, CancellationToken cancellation = default) =>
        _engine.WriteAsync(c => SettingsDigests.Record(c, settings, origin), 1000, cancellation);

    /// <summary>The audit trail, newest first. Each entry was written in the transaction of the change that it records.</summary>
    public Task<IReadOnlyList<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        StoreLimit.Check(query.Limit, 10_000);
        return _engine.ReadAsync(c => AuditTrail.List(c, query), cancellation);
    }

    /// <summary>
    /// Forgets ended requests with their labels, buckets, monitors, decisions and entries of the audit trail beyond <paramref name="bounds"/>. Never what
    /// waits or is leased; what is younger than <see cref="StoreOptions.MinimumRetention"/> loses at most its input, its vector and what is remembered of
    /// predictions (<see cref="Truth"/>), and these only to the bound on bytes.
    /// </summary>
    /// <param name="limit">Bound of the work of one call, for rows of each kind, 1–10,000.</param>
    public Task<PruneResult> PruneAsync(RetentionBounds bounds, DateTimeOffset now, int limit = 1000, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        ArgumentNullException.ThrowIfNull(bounds);
        StoreLimit.Check(bounds.Monitors, 10_000);
        ArgumentOutOfRangeException.ThrowIfNegative(bounds.MaxBytes);
        return _engine.WriteAsync(c => Pruning.Run(c, bounds, now - _minimumRetention, now, limit), 0, cancellation);
    }

    public Task<StoreSize> SizeAsync(CancellationToken cancellation = default) => _engine.ReadAsync(StoreSize.Read, cancellation);

    /// <summary>A secret of this database: the one that is kept under <paramref name="name"/>, or else <paramref name="proposed"/>, which is then
    /// kept.</summary>
    public Task<byte[]> SecretAsync(string name, byte[] proposed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(proposed);
        return _engine.WriteAsync(c => StoreSecrets.GetOrAdd(c, name, proposed), proposed.Length, cancellation);
    }

    /// <summary>Writes to the disk and changes nothing: completes if the store can be written.</summary>
    public Task ProbeAsync(CancellationToken cancellation = default) => _engine.WriteAsync(SchemaVersion.Rewrite, 0, cancellation);

    /// <summary>Commits what was taken, closes the database and lets another process have it.</summary>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private Task<IReadOnlyList<TResult>> BatchAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, Func<SqliteConnection, TItem[], TResult[]> work, CancellationToken cancellation)
    {
        LabellingLimits.CheckBatch(items, nameof(items));
        var batch = items.ToArray();
        return _engine.WriteAsync<IReadOnlyList<TResult>>(c => work(c, batch), 100L * batch.Length, cancellation);
    }
}
