using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>Makes a real store refuse writes to a table, on command: a trigger that another connection sets and takes away.</summary>
internal sealed class Refusal(string database)
{
    public const string Message = "refused by the test";

    /// <param name="table">Whose new and changed rows are refused.</param>
    /// <param name="when">A condition on <c>NEW</c>.</param>
    public void Start(string table, string when = "TRUE") => Execute(
        $"""
        CREATE TRIGGER refuse_insert BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{Message}'); END;
        CREATE TRIGGER refuse_update BEFORE UPDATE ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{Message}'); END;
        """);

    public void End() => Execute("DROP TRIGGER refuse_insert; DROP TRIGGER refuse_update");

    public void StartDeletes(string table) =>
        Execute($"CREATE TRIGGER refuse_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{Message}'); END");

    public void EndDeletes() => Execute("DROP TRIGGER refuse_delete");

    /// <summary>Holds the store's writer until it is disposed.</summary>
    /// <param name="refuse">A table whose new rows are refused from then on; null: none.</param>
    public IDisposable Hold(string? refuse) => new Holder(Open(), refuse is null
        ? ""
        : $"CREATE TRIGGER refuse_insert BEFORE INSERT ON {refuse} BEGIN SELECT RAISE(ABORT, '{Message}'); END;");

    /// <summary>Overwrites all of the database but its first two pages.</summary>
    public async Task DamageAsync()
    {
        const int Kept = 2 * 4096;
        Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        await using var file = new FileStream(database, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = Kept;
        var noise = new byte[file.Length - Kept];
        new Random(5).NextBytes(noise);
        await file.WriteAsync(noise);
    }

    public long Scalar(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private void Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False;Default Timeout=30");
        connection.Open();
        return connection;
    }

    private sealed class Holder : IDisposable
    {
        private readonly SqliteConnection _connection;

        public Holder(SqliteConnection connection, string sql)
        {
            _connection = connection;
            Run("BEGIN IMMEDIATE; " + sql);
        }

        public void Dispose()
        {
            Run("COMMIT");
            _connection.Dispose();
        }

        private void Run(string sql)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
