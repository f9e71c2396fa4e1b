using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Writing;

/// <summary>One piece of work for the writer, answered after the commit it was part of.</summary>
/// <param name="bytes">Roughly what it keeps in memory while it waits.</param>
internal abstract class WriteOperation(long bytes, CancellationToken cancellation)
{
    public long Bytes => bytes;

    public CancellationToken Cancellation => cancellation;

    public abstract void Execute(SqliteConnection connection);

    public abstract void Acknowledge();

    public abstract void Fail(Exception error);
}

internal sealed class WriteOperation<T>(Func<SqliteConnection, T> work, long bytes, CancellationToken cancellation)
    : WriteOperation(bytes, cancellation)
{
    // Asynchronously, or the caller's code would run on the writer's thread and hold up everybody's commits.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _done.Task;

    public override void Execute(SqliteConnection connection) => _result = work(connection);

    public override void Acknowledge() => _done.TrySetResult(_result);

    public override void Fail(Exception error)
    {
        if (error is OperationCanceledException canceled)
        {
            _done.TrySetCanceled(canceled.CancellationToken);
        }
        else
        {
            _done.TrySetException(error);
        }
    }
}
