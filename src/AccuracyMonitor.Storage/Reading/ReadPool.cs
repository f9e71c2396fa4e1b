using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Reading;

/// <summary>
/// Read-only connections, a bounded number at a time. In WAL mode a reader sees the last commit before it began and neither waits for the
/// writer nor holds it up.
/// </summary>
internal sealed class ReadPool : IDisposable
{
    private readonly SemaphoreSlim _places;
    private readonly string _connectionString;
    private readonly string _path;
    private readonly int _size;
    private int _generation;

    public ReadPool(string path, StoreOptions options)
    {
        _path = path;
        _size = options.MaxReaders;
        _places = new SemaphoreSlim(_size, _size);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = true,
            DefaultTimeout = (int)Math.Ceiling(options.LockTimeout.TotalSeconds),
        }.ToString();
    }

    /// <summary>Number of databases set aside so far: tells whether damage seen by a reader is that of the database in use.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, Action<int, Exception> damaged, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        var generation = Generation;
        try
        {
            // SQLite has no asynchronous reads: off the caller's thread, which may be serving other calls.
            return await Task.Run(() => Read(read), cancellation);
        }
        catch (SqliteException e)
        {
            if (SqliteErrors.IsDamage(e))
            {
                damaged(generation, e);
            }

            throw SqliteErrors.Translate(e, _path);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Runs <paramref name="action"/> while no connection of the pool is open.</summary>
    public void WithoutReaders(Action action)
    {
        for (var i = 0; i < _size; i++)
        {
            _places.Wait();
        }

        try
        {
            Forget();
            Interlocked.Increment(ref _generation);
            action();
        }
        finally
        {
            _places.Release(_size);
        }
    }

    public void Dispose()
    {
        WithoutReaders(() => { });
        _places.Dispose();
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return read(connection);
    }

    private void Forget()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
