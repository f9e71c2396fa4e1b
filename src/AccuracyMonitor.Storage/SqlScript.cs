using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccuracyMonitor.Storage;

/// <summary>
/// Statements that return nothing, run by SQLite itself. Not by <see cref="SqliteCommand"/>: after the first statement of a text that
/// returns a row (an ALTER TABLE may), it runs the rest while it closes the reader and drops their errors, so a migration could fail
/// halfway and be committed.
/// </summary>
internal static class SqlScript
{
    /// <exception cref="SqliteException">A statement failed; those after it were not run.</exception>
    public static void Run(SqliteConnection connection, string sql)
    {
        var result = raw.sqlite3_exec(connection.Handle, sql);
        if (result != raw.SQLITE_OK)
        {
            var handle = connection.Handle;
            throw new SqliteException(raw.sqlite3_errmsg(handle).utf8_to_string(), result & 0xff, raw.sqlite3_extended_errcode(handle));
        }
    }

    /// <summary>Ends the transaction, unless an error made SQLite end it already.</summary>
    public static void RollBack(SqliteConnection connection)
    {
        if (InTransaction(connection))
        {
            Run(connection, "ROLLBACK");
        }
    }

    /// <summary>Is a transaction open? Some errors (a full disk, for one) make SQLite roll it back by itself.</summary>
    public static bool InTransaction(SqliteConnection connection) => raw.sqlite3_get_autocommit(connection.Handle) == 0;
}
