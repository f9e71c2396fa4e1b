using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Windows;

/// <summary>
/// Numbers the snapshots of this process after those of every earlier one: callers count from 1 in each process, the database goes on counting.
/// Used by the writer's thread alone.
/// </summary>
internal sealed class BucketSequence
{
    private long? _before;

    /// <summary>
    /// What is added to a caller's number. Read once and then kept, whatever becomes of the transaction or the database: with another value
    /// halfway, an old snapshot that is written late would pass for a new one.
    /// </summary>
    public long Before(SqliteConnection connection) => _before ??= connection.ExecuteScalar<long>("SELECT last FROM bucket_sequence");

    public static void Used(SqliteConnection connection, long highest) => connection.Prepared(
        "UPDATE bucket_sequence SET last = @highest WHERE last < @highest", ("@highest", highest)).ExecuteNonQuery();
}
