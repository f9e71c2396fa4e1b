using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

/// <summary>SQL of the random keys that belong to this database.</summary>
internal static class StoreSecrets
{
    public static byte[] GetOrAdd(SqliteConnection connection, string name, byte[] proposed)
    {
        connection.Execute("INSERT INTO store_secrets (name, value) VALUES (@name, @proposed) ON CONFLICT DO NOTHING", new { name, proposed });
        return connection.QuerySingle<byte[]>("SELECT value FROM store_secrets WHERE name = @name", new { name });
    }
}
