using System.Reflection;
using DbUp;
using DbUp.Engine.Output;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>Brings the database to the tables that this version needs.</summary>
internal sealed class Schema(NpgsqlDataSource source, ILogger<Schema> logger)
{
    // "AMHB": replicas that start together wait for one another.
    private const long Key = 0x414D4842;

    /// <exception cref="NpgsqlException">The database is away, or refused a script. Nothing of that script is left.</exception>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        // Held by a transaction and not by a session: it holds through a pooler too, and ends with the connection.
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = Key } } })
        {
            await command.ExecuteNonQueryAsync(cancel);
        }

        // DbUp is synchronous.
        var result = await Task.Run(
            () => DeployChanges.To.PostgresqlDatabase(new DataSourceConnections(source))
                .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), static name => name.StartsWith("schema/", StringComparison.Ordinal))
                .JournalToPostgresqlTable("public", "hub_schema_versions")
                .WithTransactionPerScript()
                .LogTo(new Log(logger))
                .Build()
                .PerformUpgrade(),
            cancel);
        await transaction.CommitAsync(cancel);
        if (!result.Successful)
        {
            throw result.Error;
        }
    }

    private sealed class DataSourceConnections(NpgsqlDataSource source) : DbUp.Postgresql.PostgresqlConnectionManager(source);

    private sealed class Log(ILogger logger) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args)
        {
        }

        public void LogDebug(string format, params object[] args)
        {
        }

        public void LogInformation(string format, params object[] args) =>
            HubLog.Schema(logger, string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args));

        public void LogWarning(string format, params object[] args) => LogInformation(format, args);

        public void LogError(string format, params object[] args) => LogInformation(format, args);

        public void LogError(Exception ex, string format, params object[] args) => LogInformation(format, args);
    }
}
