using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Schema;

/// <summary>One step of the schema: the SQL that makes version <paramref name="Version"/> of the version before it.</summary>
internal sealed record Migration(int Version, string Sql);

/// <summary>
/// The schema's versions. A released step is never edited: a change is a new step, so that every file ever written can be brought up to date.
/// </summary>
internal static class Migrations
{
    /// <summary>"AcMn": marks a database as ours, so that another program's is never taken for an old one of our own.</summary>
    public const int ApplicationId = 0x41634D6E;

    public static IReadOnlyList<Migration> All { get; } =
    [
        new(1, Load("v1.sql")),
        new(2, Load("v2.sql")),
        new(3, Load("v3.sql")),
        new(4, Load("v4.sql")),
        new(5, Load("v5.sql")),
        new(6, Load("v6.sql")),
        new(7, Load("v7.sql")),
        new(8, Load("v8.sql")),
    ];

    /// <summary>Brings the database to the last of <paramref name="steps"/>, one transaction a step.</summary>
    /// <exception cref="StoreException">The database is another program's, or newer than the last step. It is left as it was.</exception>
    public static void Apply(SqliteConnection connection, IReadOnlyList<Migration> steps, string path)
    {
        var version = Version(connection, steps, path);
        foreach (var step in steps.Where(s => s.Version > version))
        {
            // user_version and application_id are part of the transaction: a step is there with its number or not at all.
            SqlScript.Run(connection, "BEGIN IMMEDIATE");
            try
            {
                SqlScript.Run(connection, step.Sql);
                SqlScript.Run(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {step.Version}; COMMIT");
            }
            catch (SqliteException)
            {
                SqlScript.RollBack(connection);
                throw;
            }
        }
    }

    /// <summary>The schema version of the database, 0 for an empty one.</summary>
    /// <exception cref="StoreException">As for <see cref="Apply"/>.</exception>
    public static int Version(SqliteConnection connection, IReadOnlyList<Migration> steps, string path)
    {
        var version = connection.ExecuteScalar<int>("PRAGMA user_version");
        var application = connection.ExecuteScalar<int>("PRAGMA application_id");
        var empty = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_schema") == 0;
        if (application != ApplicationId && !(empty && application == 0 && version == 0))
        {
            throw new StoreException($"{path} is a database of another program (application_id {application}); it was left as it is. Set another path.");
        }

        var known = steps[^1].Version;
        if (version > known)
        {
            throw new StoreException(
                $"{path} has schema version {version}, this program knows up to {known}; it was left as it is. Use the newer program or another path.");
        }

        return version;
    }

    private static string Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"Resource {name} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
