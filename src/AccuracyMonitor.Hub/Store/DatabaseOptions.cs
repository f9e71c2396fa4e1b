using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>The PostgreSQL database that has all of the hub's state.</summary>
internal sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>How Npgsql connects, such as <c>Host=db;Database=accuracy_monitor;Username=hub</c>; several hosts for a primary with standbys. Default: the
    /// database accuracy_monitor on this machine's socket.</summary>
    public string Connection { get; set; } = "Host=/var/run/postgresql;Database=accuracy_monitor";

    /// <summary>File with more of it, added to Connection: the password, as a secret that is mounted. Empty: none. Default empty.</summary>
    public string ConnectionFile { get; set; } = "";

    /// <summary>Most connections of this replica, 2–500. All replicas together stay below the server's max_connections. Default 10.</summary>
    [Range(2, 500)]
    public int MaxConnections { get; set; } = 10;

    /// <summary>How long history is kept, by the time of the prediction, 1–3,650 days. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);

    /// <exception cref="ArgumentException">The text is no connection string.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public NpgsqlConnectionStringBuilder Build()
    {
        var rest = ConnectionFile.Length > 0 ? File.ReadAllText(ConnectionFile).Trim() : "";
        var text = new NpgsqlConnectionStringBuilder($"{Connection.TrimEnd(';')};{rest}")
        {
            ApplicationName = "accuracy-monitor-hub",
            MaxPoolSize = MaxConnections,
            KeepAlive = 30,
            TcpKeepAlive = true,
        };

        // PgBouncer in transaction mode keeps no state of a session that could be discarded.
        text.NoResetOnClose = true;
        return text;
    }
}

[OptionsValidator]
internal sealed partial class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>;

internal sealed class ConnectionValidator : IValidateOptions<DatabaseOptions>
{
    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        try
        {
            options.Build();
            return ValidateOptionsResult.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ValidateOptionsResult.Fail($"Database:ConnectionFile is '{options.ConnectionFile}': {e.Message}");
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException)
        {
            // Without the text itself: it may have a password.
            return ValidateOptionsResult.Fail($"Database:Connection is not a connection string of Npgsql: {e.Message.Split(Environment.NewLine)[0]}");
        }
    }
}
