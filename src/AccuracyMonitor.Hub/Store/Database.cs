using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>Runs transactions that may be repeated, and repeats one that the server or the network broke off.</summary>
internal sealed class Database(NpgsqlDataSource source, TimeProvider time) : IAsyncDisposable
{
    private const int Tries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="work">Repeatable: it may have been committed although the answer was lost.</param>
    /// <param name="cancel">Ends the work and the pauses.</param>
    /// <exception cref="NpgsqlException">The database refused, or is away.</exception>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancel);
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                var result = await work(connection);
                await transaction.CommitAsync(cancel);
                return result;
            }
            catch (NpgsqlException e) when (attempt < Tries && IsPassing(e))
            {
                await Task.Delay(Pause * attempt, time, cancel);
            }
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>Whether the same may succeed at once: a lost connection, a failover, a deadlock.</summary>
    private static bool IsPassing(NpgsqlException e) =>
        e.IsTransient || e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;
}
