using AccuracyMonitor.Storage.Reading;
using AccuracyMonitor.Storage.Recovery;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Storage.Writing;

/// <summary>
/// Runs operations in one transaction, each in a savepoint so that one's failure is not its neighbours', and answers them only after the
/// commit. An error of the file or disk fails the whole transaction: nothing of it is acknowledged. Nothing that goes wrong leaves
/// <see cref="Run"/> as an exception, and every operation is answered.
/// </summary>
internal sealed class GroupCommit(DatabaseFile file, ReadPool readers, StoreCounters counters, ILogger logger)
{
    private readonly List<WriteOperation> _done = [];
    private SqliteConnection? _connection;

    /// <summary>No reader is open meanwhile: the search for damage opens and closes the file, and closing any handle of it drops the locks that
    /// SQLite holds for every connection of the process.</summary>
    public void Open() => readers.WithoutReaders(() =>
    {
        _connection = file.Open();
        return false;
    });

    public void Run(IReadOnlyList<WriteOperation> batch)
    {
        _done.Clear();
        var next = 0;
        try
        {
            var connection = Connection();
            SqlScript.Run(connection, "BEGIN IMMEDIATE");
            for (; next < batch.Count; next++)
            {
                Try(connection, batch[next]);
            }

            SqlScript.Run(connection, "COMMIT");
        }
        catch (Exception e)
        {
            Abort(e, batch.Skip(next).Concat(_done));
            return;
        }

        if (_done.Count > 0)
        {
            counters.Committed();
        }

        Erase(_done.OfType<Erasure>().ToArray());
        foreach (var operation in _done)
        {
            counters.Finished(operation.Bytes, success: true);
            operation.Acknowledge();
        }
    }

    public void Close()
    {
        try
        {
            _connection?.Dispose();
        }
        // An unclosed file is the next start's to recover, whatever the reason was.
        catch (Exception e)
        {
            StoreLog.CloseFailed(logger, e, file.Path);
        }

        _connection = null;
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

        SqlScript.Run(connection, "SAVEPOINT operation");
        try
        {
            operation.Execute(connection);
            SqlScript.Run(connection, "RELEASE operation");
            _done.Add(operation);
        }
        // Some errors make SQLite roll the whole transaction back by itself: then there is no savepoint to go back to.
        catch (Exception e) when (!SqliteErrors.IsOfTheFile(e) && SqlScript.InTransaction(connection))
        {
            SqlScript.Run(connection, "ROLLBACK TO operation; RELEASE operation");
            Failed(operation, e);
        }
    }

    private void Abort(Exception error, IEnumerable<WriteOperation> operations)
    {
        var failed = operations.ToList();
        StoreLog.CommitFailed(logger, error, file.Path, failed.Count);
        error = Recover(error);
        foreach (var operation in failed)
        {
            Failed(operation, error);
        }
    }

    /// <summary>Leaves a connection that can begin anew, or none: then the next batch opens one.</summary>
    /// <returns>The error for the callers.</returns>
    private Exception Recover(Exception error)
    {
        if (_connection is not { } connection)
        {
            return error;
        }

        try
        {
            if (!SqliteErrors.IsDamage(error))
            {
                SqlScript.RollBack(connection);
                return error;
            }

            _connection = null;
            var replaced = readers.WithoutReaders(() => file.SetAside(connection, error.Message));
            Open();
            return replaced
                ? error
                : new UnconfirmedDamageException($"{file.Path} was reported as damaged, and a second check found no damage: try again", error);
        }
        // Also an IOException of a file that another process keeps, or one that no part of this store throws today: the callers must still be
        // answered, and an exception that left the writer's thread would end the process.
        catch (Exception e)
        {
            StoreLog.ReopenFailed(logger, e, file.Path);
            Close();
            return SqliteErrors.MayPass(e) ? e : error;
        }
    }

    /// <summary>After the commit, and before anybody is told.</summary>
    private void Erase(Erasure[] asked)
    {
        if (asked.Length == 0)
        {
            return;
        }

        try
        {
            var erased = false;

            // No reader of ours: one that still sees an older commit would keep it in the log.
            readers.WithoutReaders(() =>
            {
                erased = file.Erase(_connection!);
                _connection = erased ? file.Reopen() : _connection;
                return false;
            });

            Array.ForEach(asked, a => a.IsErased = erased);
        }
        // What was committed is on the disk. The next batch opens a connection.
        catch (Exception e)
        {
            StoreLog.NotErased(logger, e, file.Path);
            Close();
        }
    }

    private void Failed(WriteOperation operation, Exception error)
    {
        counters.Finished(operation.Bytes, success: false);
        operation.Fail(SqliteErrors.Translate(error, file.Path));
    }
}
