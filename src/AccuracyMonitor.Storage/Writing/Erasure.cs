using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Writing;

/// <summary>Asks that nothing of what was deleted is left in the files. Done after the commit, since it is not possible within a transaction.</summary>
internal sealed class Erasure(CancellationToken cancellation) : WriteOperation(0, cancellation)
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>False: another program reads the database, or the disk refused.</summary>
    public Task<bool> Task => _done.Task;

    /// <summary>Set before <see cref="Acknowledge"/>.</summary>
    public bool IsErased { get; set; }

    public override void Execute(SqliteConnection connection)
    {
    }

    public override void Acknowledge() => _done.TrySetResult(IsErased);

    public override void Fail(Exception error) => _done.TrySetException(error);
}
