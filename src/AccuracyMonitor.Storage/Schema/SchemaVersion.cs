using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Schema;

/// <summary>The number of the schema in the file's header.</summary>
internal static class SchemaVersion
{
    /// <summary>Writes the number that is there, which takes a page of the log to the disk as every write does.</summary>
    public static bool Rewrite(SqliteConnection connection)
    {
        var version = connection.ExecuteScalar<long>("PRAGMA user_version");
        SqlScript.Run(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}"));
        return true;
    }
}
