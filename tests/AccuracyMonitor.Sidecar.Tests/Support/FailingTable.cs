using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>While it exists, every insert into one table of a database fails.</summary>
internal sealed class FailingTable : IDisposable
{
    private readonly string _database;

    public FailingTable(string database, string table)
    {
        _database = database;
        Run($"CREATE TRIGGER failing BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'failing'); END");
    }

    public void Dispose() => Run("DROP TRIGGER failing");

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text comes from tests alone.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
