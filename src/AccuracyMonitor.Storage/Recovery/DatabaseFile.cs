using AccuracyMonitor.Storage.Reading;
using AccuracyMonitor.Storage.Schema;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace AccuracyMonitor.Storage.Recovery;

/// <summary>
/// Opens the database for the writer: looks for damage, sets it aside, starts fresh, brings the schema up to date. Setting aside is the last step:
/// damage must be found twice more, on other connections and some time apart, and a read that fails is not damage.
/// </summary>
internal sealed class DatabaseFile(
    string path, StoreOptions options, TimeProvider clock, ILogger logger, IReadOnlyList<Migration> migrations, StoreCounters counters)
{
    internal const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE

    private const int Attempts = 5;

    public string Path => path;

    /// <summary>Where the last damaged files were put, or null.</summary>
    public string? Quarantined { get; private set; }

    /// <summary>An error of reading is tried again a few times before it is thrown: nothing is changed by it.</summary>
    public SqliteConnection Open()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return InspectAndConnect();
            }
            catch (Exception e) when (attempt < Attempts && SqliteErrors.MayPass(e))
            {
                StoreLog.OpeningFailed(logger, path, e.Message, attempt, Attempts);
                Pause();
            }
        }
    }

    /// <summary>Opens the file that this process has just closed in good order: without a search for damage, which takes seconds.</summary>
    public SqliteConnection Reopen() => Connect(search: false);

    /// <summary>
    /// Closes without the usual checkpoint, which would write into a damaged file, and checks what the connection reported. Damage that two further
    /// checks find is set aside.
    /// </summary>
    /// <returns>Whether it was set aside.</returns>
    /// <exception cref="IOException">The files can't be read: nothing is known and nothing was changed.</exception>
    /// <exception cref="SqliteException">The same.</exception>
    public bool SetAside(SqliteConnection connection, string reason)
    {
        Abandon(connection);
        return SetAsideIfDamaged(reason);
    }

    /// <summary>Erases from the files what was deleted: takes the log into the database, empties it, and clears <see cref="UnusedSpace"/>.</summary>
    /// <param name="connection">The only one of this process; closed when true is returned, since its cache may have what was erased.</param>
    /// <returns>False if another program uses the database, and nothing was erased.</returns>
    public bool Erase(SqliteConnection connection)
    {
        if (connection.QuerySingle<(long Busy, long Pages, long Moved)>("PRAGMA wal_checkpoint(TRUNCATE)").Busy != 0)
        {
            return false;
        }

        // With the lock on writing and an empty log, no program changes the file.
        SqlScript.Run(connection, "BEGIN IMMEDIATE");
        if (new FileInfo($"{path}-wal") is { Exists: true, Length: > 0 })
        {
            SqlScript.RollBack(connection);
            return false;
        }

        var roots = connection.Query<long>("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0").AsList();

        // The connection is not used after the file was closed here: with any handle of it, the process closes the locks that SQLite holds.
        UnusedSpace.Clear(path, roots);
        connection.Dispose();
        return true;
    }

    private SqliteConnection InspectAndConnect()
    {
        if (FoundTwice(FileInspection.DatabaseDamage) is { } damage)
        {
            SetAside(damage);
        }
        else if (FoundTwice(FileInspection.LogDamage) is { } logDamage)
        {
            Note(logDamage, Quarantine.Log(path, clock.GetUtcNow()));
        }

        try
        {
            return Connect(search: true);
        }
        catch (SqliteException e) when (SqliteErrors.IsDamage(e))
        {
            return SetAsideIfDamaged(e.Message)
                ? Connect(search: true)
                : throw new UnconfirmedDamageException($"{path} was reported as damaged ({e.Message}), and a second check found no damage", e);
        }
    }

    private bool SetAsideIfDamaged(string reason)
    {
        Pause();
        if (FoundTwice(FileInspection.DatabaseDamage) is null && FoundTwice(DamageCheck.Run) is null)
        {
            StoreLog.DamageNotFoundAgain(logger, path, reason);
            return false;
        }

        SetAside(reason);
        return true;
    }

    /// <returns>What the search found, if it finds the same once more a little later; else null.</returns>
    private string? FoundTwice(Func<string, string?> search)
    {
        if (search(path) is not { } found)
        {
            return null;
        }

        Pause();
        return string.Equals(search(path), found, StringComparison.Ordinal) ? found : null;
    }

    /// <summary>Real time, whatever the clock: the disk is given time, and nothing is decided by how long that was.</summary>
    private void Pause() => Task.Delay(options.RecheckDelay, TimeProvider.System).Wait();

    private void SetAside(string reason) => Note(reason, Quarantine.Database(path, clock.GetUtcNow()));

    private void Note(string reason, string target)
    {
        Quarantined = target;
        counters.Quarantined();
        StoreLog.Quarantined(logger, path, reason, target);
    }

    private SqliteConnection Connect(bool search)
    {
        FilePermissions.Restrict(path);
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
            if (search)
            {
                Check(connection);
            }

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

    /// <summary>
    /// FULL: each commit waits until the log is on the disk, so what is acknowledged survives a power cut and not only a crash. Deleted rows are overwritten
    /// with zeros (secure_delete): FAST would leave a large softmax output in pages that were freed. At all times, since a row that changes leaves its
    /// earlier content behind. What it costs is paid by deletions: each freed page is written.
    /// </summary>
    private void Configure(SqliteConnection connection)
    {
        SqlScript.Run(connection, ReadPool.NoTemporaryFiles);
        SqlScript.Run(
            connection,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864;");
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
            if (DamageCheck.Verdict(connection, "PRAGMA quick_check(1)") is { } damage)
            {
                throw new SqliteException(damage, raw.SQLITE_CORRUPT);
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
