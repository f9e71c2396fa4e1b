using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccuracyMonitor.Storage.Recovery;

/// <summary>
/// Tells a damaged database from one that can't be read at the moment. SQLite's own checks report a failed read as a line of their result, like
/// damage.
/// </summary>
internal static partial class DamageCheck
{
    /// <summary>Checks the whole database on a connection of its own, which writes nothing.</summary>
    /// <returns>The first damage found, or null.</returns>
    /// <exception cref="IOException">The files can't be read: nothing is known.</exception>
    /// <exception cref="SqliteException">The check itself failed for another reason than damage: nothing is known.</exception>
    public static string? Run(string path)
    {
        // The result of SQLite's check does not always name a failed read as one.
        FileInspection.ReadThrough(path);
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        using var connection = new SqliteConnection(builder.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_db_config(connection.Handle, DatabaseFile.NoCheckpointOnClose, 1, out _);

            // Unlike quick_check it also compares indexes with their tables.
            return Verdict(connection, "PRAGMA integrity_check(1)");
        }
        catch (SqliteException e) when (SqliteErrors.IsDamage(e))
        {
            return e.Message;
        }
    }

    /// <param name="connection">Of the database to check.</param>
    /// <param name="check">A PRAGMA that answers "ok" or what is wrong.</param>
    /// <returns>What is wrong, or null.</returns>
    /// <exception cref="SqliteException">A read failed, or memory ran out.</exception>
    public static string? Verdict(SqliteConnection connection, string check)
    {
        var verdict = connection.ExecuteScalar<string>(check, commandTimeout: 0);
        if (verdict is null or "ok")
        {
            return null;
        }

        foreach (Match match in ErrorCode().Matches(verdict))
        {
            var code = int.Parse(match.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
            var error = new SqliteException(verdict, code & 0xff, code);
            if (!SqliteErrors.IsDamage(error))
            {
                throw error;
            }
        }

        return verdict;
    }

    // btree.c: "unable to get the page. error code=%d" and "btreeInitPage() returns error code %d".
    [GeneratedRegex("error code[= ](?<code>[0-9]{1,6})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ErrorCode();
}
