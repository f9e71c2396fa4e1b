using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Reading;

/// <summary>
/// Read-only connections, a bounded number at a time. In WAL mode a reader sees the last commit before it began and neither waits for the
/// writer nor holds it up.
/// </summary>
internal sealed class ReadPool : IDisposable
{
    /// <summary>For every connection. Statements with triggers keep a journal of their own, by default in a file under /tmp: in a container with a
    /// read-only root file system each of them failed with "disk I/O error".</summary>
    public const string NoTemporaryFiles = "PRAGMA temp_store = MEMORY";

    private readonly SemaphoreSlim _places;
    private readonly string _connectionString;
    private readonly int _size;
    private int _generation;

    public ReadPool(string path, StoreOptions options)
    {
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

    /// <summary>How many databases were replaced so far: tells whether damage that a reader met is that of the database in use.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            // SQLite has no asynchronous reads: off the caller's thread, which may be serving other calls.
            return await Task.Run(() => Read(read), cancellation);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Runs <paramref name="replace"/> while no connection of the pool is open. Called by the writer's thread alone.</summary>
    /// <param name="replace">Returns whether it replaced the database.</param>
    /// <returns>The same.</returns>
    public bool WithoutReaders(Func<bool> replace)
    {
        for (var i = 0; i < _size; i++)
        {
            _places.Wait();
        }

        try
        {
            Forget();
            if (!replace())
            {
                return false;
            }

            Interlocked.Increment(ref _generation);
            return true;
        }
        finally
        {
            _places.Release(_size);
        }
    }

    public void Dispose()
    {
        WithoutReaders(() => false);
        _places.Dispose();
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        SqlScript.Run(connection, NoTemporaryFiles);
        return read(connection);
    }

    private void Forget()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
