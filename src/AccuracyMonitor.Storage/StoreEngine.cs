using AccuracyMonitor.Storage.Reading;
using AccuracyMonitor.Storage.Recovery;
using AccuracyMonitor.Storage.Schema;
using AccuracyMonitor.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Storage;

/// <summary>The store's parts put together: the lock, the file, the one writer and the readers. Knows nothing of what is stored.</summary>
internal sealed class StoreEngine : IAsyncDisposable
{
    private readonly StoreLock _lock;
    private readonly ReadPool _readers;
    private readonly GroupCommit _commit;
    private readonly WriterLoop _writer;
    private readonly Lazy<Task> _closing;

    private StoreEngine(StoreLock held, string path, StoreOptions options, TimeProvider clock, ILogger logger, IReadOnlyList<Migration> migrations)
    {
        _lock = held;
        File = new DatabaseFile(path, options, clock, logger, migrations, Counters);
        _readers = new ReadPool(path, options);
        _commit = new GroupCommit(File, _readers, Counters, logger);
        _commit.Open();
        _writer = new WriterLoop(_commit, options, Counters, clock);
        _closing = new Lazy<Task>(StopAsync);
    }

    public StoreCounters Counters { get; } = new();

    public DatabaseFile File { get; }

    /// <summary>How many databases were set aside since the store was opened. Fixed while a read runs.</summary>
    public int Generation => _readers.Generation;

    public static StoreEngine Open(StoreOptions options, TimeProvider clock, ILogger logger, IReadOnlyList<Migration> migrations)
    {
        options.Validate();
        var path = Path.GetFullPath(options.Path);
        var held = StoreLock.Acquire(path);
        try
        {
            return new StoreEngine(held, path, options, clock, logger, migrations);
        }
        catch (Exception e)
        {
            held.Dispose();
            throw SqliteErrors.Translate(e, path);
        }
    }

    /// <param name="bytes">Roughly what <paramref name="work"/> keeps in memory while it waits.</param>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, long bytes, CancellationToken cancellation)
    {
        var operation = new WriteOperation<T>(work, bytes, cancellation);
        _writer.Enqueue(operation);
        return await operation.Task.WaitAsync(cancellation);
    }

    /// <summary>See <see cref="DatabaseFile.Erase"/>.</summary>
    public async Task<bool> EraseAsync(CancellationToken cancellation)
    {
        var operation = new Erasure(cancellation);
        _writer.Enqueue(operation);
        return await operation.Task.WaitAsync(cancellation);
    }

    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closing.IsValueCreated, this);
        for (var again = false; ; again = true)
        {
            var generation = _readers.Generation;
            try
            {
                return await _readers.ReadAsync(read, cancellation);
            }
            catch (SqliteException e)
            {
                if (SqliteErrors.IsDamage(e))
                {
                    await SetAsideAsync(generation, e);
                    if (!again && _readers.Generation == generation)
                    {
                        // A read that failed for a moment looks like damage to SQLite: the database was checked and is still in use.
                        continue;
                    }
                }
                else if (!again && SqliteErrors.IsAbsence(e))
                {
                    // While the writer opens the database anew there is a moment without its log, in which it cannot be read.
                    await SettledAsync();
                    continue;
                }

                throw SqliteErrors.Translate(e, File.Path);
            }
        }
    }

    /// <summary>Commits what was taken, then closes. Again: waits for the first.</summary>
    public ValueTask DisposeAsync() => new(_closing.Value);

    /// <summary>Only the writer replaces the database, and only the one that the reader saw.</summary>
    private async Task SetAsideAsync(int generation, SqliteException damage)
    {
        try
        {
            await WriteAsync(_ => _readers.Generation == generation ? throw damage : true, 0, CancellationToken.None);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            // The damage itself, or a writer that is too busy to see to it now: the next read that meets it asks again.
        }
    }

    /// <summary>Waits until the writer has a database open, or cannot have one: the next read says why.</summary>
    private async Task SettledAsync()
    {
        try
        {
            await WriteAsync(static _ => true, 0, CancellationToken.None);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            // The read is tried once more all the same.
        }
    }

    private async Task StopAsync()
    {
        await _writer.StopAsync();
        _readers.Dispose();
        _commit.Close();
        _lock.Dispose();
    }
}
