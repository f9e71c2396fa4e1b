using AccuracyMonitor.Storage.Reading;
using AccuracyMonitor.Storage.Schema;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace AccuracyMonitor.Storage.Recovery;

/// <summary>Opens the database for the writer: looks for damage, sets it aside, starts fresh, brings the schema up to date.</summary>
internal sealed class DatabaseFile(
    string path, StoreOptions options, TimeProvider clock, ILogger logger, IReadOnlyList<Migration> migrations, StoreCounters counters)
{
    private const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE

    public string Path => path;

    /// <summary>Where the last damaged files were put, or null.</summary>
    public string? Quarantined { get; private set; }

    public SqliteConnection Open()
    {
        if (FileInspection.DatabaseDamage(path) is { } damage)
        {
            SetAside(damage);
        }
        else if (FileInspection.LogDamage(path) is { } logDamage)
        {
            Note(logDamage, Quarantine.Log(path, clock.GetUtcNow()));
        }

        try
        {
            return Connect();
        }
        catch (SqliteException e) when (SqliteErrors.IsDamage(e))
        {
            SetAside(e.Message);
            return Connect();
        }
    }

    /// <summary>Closes without the usual checkpoint, which would write into the damaged file, and sets it aside.</summary>
    public void SetAside(SqliteConnection connection, string reason)
    {
        Abandon(connection);
        SetAside(reason);
    }

    private void SetAside(string reason) => Note(reason, Quarantine.Database(path, clock.GetUtcNow()));

    private void Note(string reason, string target)
    {
        Quarantined = target;
        counters.Quarantined();
        StoreLog.Quarantined(logger, path, reason, target);
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(options.LockTimeout.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            Checkpoints(connection, allowed: false);
            SqlScript.Run(connection, $"PRAGMA busy_timeout = {options.LockTimeout.TotalMilliseconds:F0}");
            // Before anything is written: a newer or foreign database must stay as it is.
            Migrations.Version(connection, migrations, path);
            Check(connection);
            Configure(connection);
            Migrations.Apply(connection, migrations, path);
            Checkpoints(connection, allowed: true);
            StoreLog.Opened(logger, path, migrations[^1].Version);
            return connection;
        }
        catch
        {
            Abandon(connection);
            throw;
        }
    }

    /// <summary>FULL: each commit waits until the log is on the disk, so what is acknowledged survives a power cut and not only a crash.</summary>
    private void Configure(SqliteConnection connection)
    {
        SqlScript.Run(connection, ReadPool.NoTemporaryFiles);
        SqlScript.Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864;");
        if (options.MaxPages > 0)
        {
            SqlScript.Run(connection, $"PRAGMA max_page_count = {options.MaxPages}");
        }
    }

    /// <exception cref="SqliteException">Damage was found.</exception>
    private void Check(SqliteConnection connection)
    {
        if (options.IntegrityCheckLimit == TimeSpan.Zero)
        {
            return;
        }

        var started = clock.GetTimestamp();
        raw.sqlite3_progress_handler(connection.Handle, 1000, _ => clock.GetElapsedTime(started) > options.IntegrityCheckLimit ? 1 : 0, null);
        try
        {
            var verdict = connection.ExecuteScalar<string>("PRAGMA quick_check(1)", commandTimeout: 0);
            if (!string.Equals(verdict, "ok", StringComparison.Ordinal))
            {
                throw new SqliteException(verdict, raw.SQLITE_CORRUPT);
            }
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            StoreLog.CheckStopped(logger, path, options.IntegrityCheckLimit);
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }

    private static void Checkpoints(SqliteConnection connection, bool allowed) =>
        raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, allowed ? 0 : 1, out _);

    private static void Abandon(SqliteConnection connection)
    {
        if (connection.State == System.Data.ConnectionState.Open)
        {
            Checkpoints(connection, allowed: false);
        }

        connection.Dispose();
    }
}
