using AccuracyMonitor.Storage.Reading;
using AccuracyMonitor.Storage.Recovery;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace AccuracyMonitor.Storage.Writing;

/// <summary>
/// Runs operations in one transaction, each in a savepoint so that one's failure is not its neighbours', and answers them only after the
/// commit. An error of the file or disk fails the whole transaction: nothing of it is acknowledged.
/// </summary>
internal sealed class GroupCommit(DatabaseFile file, ReadPool readers, StoreCounters counters, ILogger logger)
{
    private readonly List<WriteOperation> _done = [];
    private SqliteConnection? _connection;

    public void Open() => _connection = file.Open();

    public void Run(IReadOnlyList<WriteOperation> batch)
    {
        _done.Clear();
        var next = 0;
        try
        {
            var connection = Connection();
            connection.Execute("BEGIN IMMEDIATE");
            for (; next < batch.Count; next++)
            {
                Try(connection, batch[next]);
            }

            connection.Execute("COMMIT");
        }
        catch (Exception e)
        {
            Abort(e, batch.Skip(next).Concat(_done));
            return;
        }

        counters.Committed(_done.Count);
        foreach (var operation in _done)
        {
            counters.Finished(operation.Bytes, success: true);
            operation.Acknowledge();
        }
    }

    /// <summary>Sets the database aside and starts a fresh one. For damage that a reader met.</summary>
    public void Replace(string reason)
    {
        var connection = Connection();
        _connection = null;
        readers.WithoutReaders(() => file.SetAside(connection, reason));
        Open();
    }

    public void Close()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (SqliteException e)
        {
            StoreLog.CloseFailed(logger, e, file.Path);
        }
    }

    private SqliteConnection Connection()
    {
        if (_connection is null)
        {
            Open();
        }

        return _connection!;
    }

    private void Try(SqliteConnection connection, WriteOperation operation)
    {
        if (operation.Cancellation.IsCancellationRequested)
        {
            Failed(operation, new OperationCanceledException(operation.Cancellation));
            return;
        }

        connection.Execute("SAVEPOINT operation");
        try
        {
            operation.Execute(connection);
            connection.Execute("RELEASE operation");
            _done.Add(operation);
        }
        // Some errors make SQLite roll the whole transaction back by itself: then there is no savepoint to go back to.
        catch (Exception e) when (!SqliteErrors.IsOfTheFile(e) && raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            connection.Execute("ROLLBACK TO operation; RELEASE operation");
            Failed(operation, e);
        }
    }

    private void Abort(Exception error, IEnumerable<WriteOperation> operations)
    {
        counters.RolledBack();
        var failed = operations.ToList();
        StoreLog.CommitFailed(logger, error, file.Path, failed.Count);
        try
        {
            if (_connection is { } connection && raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                connection.Execute("ROLLBACK");
            }

            if (SqliteErrors.IsDamage(error))
            {
                Replace(error.Message);
            }
        }
        catch (Exception e)
        {
            StoreLog.ReopenFailed(logger, e, file.Path);
        }

        foreach (var operation in failed)
        {
            Failed(operation, error);
        }
    }

    private void Failed(WriteOperation operation, Exception error)
    {
        counters.Finished(operation.Bytes, success: false);
        operation.Fail(SqliteErrors.Translate(error, file.Path));
    }
}
