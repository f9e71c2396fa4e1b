using System.Runtime.CompilerServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Reading;
using AccuracyMonitor.Storage.Recovery;
using AccuracyMonitor.Storage.Schema;
using AccuracyMonitor.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Storage;

/// <summary>
/// Label queue, window summaries and monitor registry in one SQLite database. A task that writes completes when its transaction is on the
/// disk: what was acknowledged survives a crash of the process and of the machine. Each call is one transaction: all of it or nothing.
/// Safe for many callers at once.
/// </summary>
/// <remarks>
/// Every write may end with <see cref="StoreBusyException"/> (too much waits), <see cref="StoreFullException"/>,
/// <see cref="StoreLockedException"/>, <see cref="StoreDamagedException"/>, <see cref="ObjectDisposedException"/> or another
/// <see cref="StoreException"/>; then nothing of it was kept. A call cancelled while it waits is dropped; one cancelled later may have happened.
/// </remarks>
public sealed class MonitorStore : IAsyncDisposable
{
    private readonly StoreLock _lock;
    private readonly DatabaseFile _file;
    private readonly ReadPool _readers;
    private readonly GroupCommit _commit;
    private readonly WriterLoop _writer;
    private Task? _closing;

    private MonitorStore(StoreLock held, DatabaseFile file, ReadPool readers, GroupCommit commit, WriterLoop writer, StoreCounters counters) =>
        (_lock, _file, _readers, _commit, _writer, Counters) = (held, file, readers, commit, writer, counters);

    public StoreCounters Counters { get; }

    /// <summary>Full path of the database.</summary>
    public string Path => _file.Path;

    /// <summary>Where the last damaged database (or its log alone) was set aside since this store was opened; null when none was.</summary>
    public string? Quarantined => _file.Quarantined;

    /// <summary>Opens the database, making it (and its directory) when missing; a damaged one is set aside and a fresh one started.</summary>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    /// <exception cref="StoreLockedException">Another process has it.</exception>
    /// <exception cref="StoreException">It can't be read or written, is another program's, or has a newer schema than this program knows.</exception>
    public static Task<MonitorStore> OpenAsync(StoreOptions options, TimeProvider clock, ILogger logger, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Task.Run(() => Open(options, clock, logger), cancellation);
    }

    /// <summary>Puts requests into the queue. An id that the model version has already keeps its first decision.</summary>
    /// <returns>One outcome per request, in order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A request is out of its bounds; none was queued.</exception>
    public Task<RequestOutcome[]> EnqueueAsync(IReadOnlyList<LabelRequest> requests, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        foreach (var request in requests)
        {
            LabellingLimits.Check(request);
        }

        return WriteAsync(c => RequestQueue.Add(c, requests), requests.Sum(r => 300L + (4 * r.Probabilities.Length)), cancellation);
    }

    /// <summary>Hands out waiting requests, oldest first (in the order they were enqueued). Never one past its end.</summary>
    public Task<IReadOnlyList<LeasedRequest>> LeaseAsync(LeaseQuery query, DateTimeOffset now, CancellationToken cancellation = default)
    {
        LabellingLimits.Check(query);
        return WriteAsync(c => Leases.Lease(c, query, now), 0, cancellation);
    }

    /// <summary>Moves the end of running leases to <paramref name="duration"/> (1 s–12 h) from now.</summary>
    public Task<IReadOnlyList<ItemResult>> ExtendAsync(IReadOnlyList<string> leaseIds, TimeSpan duration, DateTimeOffset now, CancellationToken cancellation = default)
    {
        LabellingLimits.CheckDuration(duration, nameof(duration));
        return EachAsync(leaseIds, (c, id) => Leases.Extend(c, id, duration, now), cancellation);
    }

    /// <summary>Gives running leases back to the queue, at their old place.</summary>
    public Task<IReadOnlyList<ItemResult>> ReleaseAsync(IReadOnlyList<string> leaseIds, DateTimeOffset now, CancellationToken cancellation = default) =>
        EachAsync(leaseIds, (c, id) => Leases.Release(c, id, now), cancellation);

    /// <summary>Says that no label can be given. A label that comes later is still taken.</summary>
    /// <param name="reason">Recorded; at most 500 characters.</param>
    public Task<IReadOnlyList<ItemResult>> SkipAsync(IReadOnlyList<string> leaseIds, string reason, DateTimeOffset now, CancellationToken cancellation = default) =>
        EachAsync(leaseIds, (c, id) => Leases.Skip(c, id, reason, now), cancellation);

    /// <summary>
    /// Takes labels, whatever the state of the request or lease. The same label again is <see cref="LabelOutcome.Unchanged"/>, another one
    /// replaces the first. At most 1000.
    /// </summary>
    public Task<IReadOnlyList<LabelChange>> CompleteAsync(IReadOnlyList<LabelAnswer> answers, DateTimeOffset now, CancellationToken cancellation = default) =>
        EachAsync(answers, (c, answer) => Labels.Complete(c, answer, now), cancellation);

    /// <summary>Takes labels back. The history keeps them, with who took them back and when.</summary>
    public Task<IReadOnlyList<LabelChange>> RetractAsync(
        IReadOnlyList<(ModelKey Key, string PredictionId)> predictions, string annotator, DateTimeOffset now, CancellationToken cancellation = default)
    {
        LabellingLimits.CheckAnnotator(annotator);
        return EachAsync(predictions, (c, p) => Labels.Retract(c, p.Key, p.PredictionId, annotator, now), cancellation);
    }

    /// <summary>
    /// Requests past their end become expired, ended leases go back to the queue. A lease that still runs past the end of its request is let finish.
    /// </summary>
    /// <param name="limit">Bound of the work of one call, 1–10,000.</param>
    /// <returns>The requests that expired, oldest first; as many as <paramref name="limit"/> when there may be more.</returns>
    public Task<IReadOnlyList<RequestSummary>> ExpireAsync(DateTimeOffset now, int limit = 1000, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        return WriteAsync(c => RequestQueue.Expire(c, now, limit), 0, cancellation);
    }

    /// <summary>The queue in numbers, of a model or a model version when given.</summary>
    public Task<QueueCounts> CountsAsync(string? model = null, string? version = null, CancellationToken cancellation = default) =>
        ReadAsync(c => RequestQueue.Counts(c, model, version), cancellation);

    /// <summary>One request, or null.</summary>
    public Task<RequestSummary?> FindAsync(ModelKey key, string predictionId, CancellationToken cancellation = default) =>
        ReadAsync(c => RequestReads.Find(c, key, predictionId), cancellation);

    /// <summary>All that was ever said about one prediction, in order.</summary>
    public Task<IReadOnlyList<LabelEntry>> LabelHistoryAsync(ModelKey key, string predictionId, CancellationToken cancellation = default) =>
        ReadAsync(c => RequestReads.History(c, key, predictionId), cancellation);

    /// <summary>
    /// Labelled requests of a model version with their vectors, for training: the newest <paramref name="limit"/> labels (1–100,000) of
    /// predictions made at or after <paramref name="predictedSince"/>, in the order in which the labels were given.
    /// </summary>
    public Task<IReadOnlyList<LabelledRequest>> LabelledRequestsAsync(
        ModelKey key, DateTimeOffset predictedSince, int limit, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 100_000);
        return ReadAsync(c => RequestReads.Labelled(c, key, predictedSince, limit), cancellation);
    }

    /// <summary>
    /// All requests predicted at or after a time, with state and current label, in the order of their prediction: what windows and alarms
    /// are rebuilt from. Read page by page, so that it takes little memory; a request that changes meanwhile is seen in one of its states.
    /// </summary>
    public async IAsyncEnumerable<RequestSummary> RequestsSinceAsync(
        DateTimeOffset predictedSince, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        const int PageSize = 1000;
        RequestRow? last = null;
        do
        {
            var from = last;
            var page = await ReadAsync(c => RequestReads.Page(c, predictedSince, from, PageSize), cancellation);
            foreach (var row in page)
            {
                yield return row.Summary();
            }

            last = page.Count < PageSize ? null : page[^1];
        }
        while (last is not null);
    }

    /// <summary>Commits what was taken, closes the database and lets another process have it.</summary>
    public ValueTask DisposeAsync() => new(_closing ??= CloseAsync());

    private static MonitorStore Open(StoreOptions options, TimeProvider clock, ILogger logger)
    {
        var path = System.IO.Path.GetFullPath(options.Path);
        var held = StoreLock.Acquire(path);
        try
        {
            var file = new DatabaseFile(path, options, clock, logger, Migrations.All);
            var readers = new ReadPool(path, options);
            var counters = new StoreCounters();
            var commit = new GroupCommit(file, readers, counters, logger);
            commit.Open();
            return new MonitorStore(held, file, readers, commit, new WriterLoop(commit, options, counters, clock), counters);
        }
        catch (Exception e)
        {
            held.Dispose();
            if (SqliteErrors.Translate(e, path) is var translated && !ReferenceEquals(translated, e))
            {
                throw translated;
            }

            throw;
        }
    }

    private Task<IReadOnlyList<TResult>> EachAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, Func<SqliteConnection, TItem, TResult> work, CancellationToken cancellation)
    {
        LabellingLimits.CheckBatch(items, nameof(items));
        return WriteAsync<IReadOnlyList<TResult>>(c => items.Select(item => work(c, item)).ToArray(), 100L * items.Count, cancellation);
    }

    private Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, long bytes, CancellationToken cancellation)
    {
        var operation = new WriteOperation<T>(work, bytes, cancellation);
        _writer.Enqueue(operation);
        return operation.Task.WaitAsync(cancellation);
    }

    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellation) =>
        _readers.ReadAsync(read, (generation, error) => { }, cancellation);

    private async Task CloseAsync()
    {
        await _writer.StopAsync();
        _readers.Dispose();
        _commit.Close();
        _lock.Dispose();
    }
}
