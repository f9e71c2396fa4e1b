using System.Diagnostics;
using Npgsql;

namespace AccuracyMonitor.Hub.Tests.Support;

/// <summary>A real PostgreSQL server on a Unix socket of its own, that can be killed and started again. It refuses to run as root: its
/// processes are then those of the user postgres.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string Programs =
        Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")).Last();

    private readonly string _folder = Directory.CreateTempSubdirectory("am-pg-").FullName;
    private Process? _server;

    private PostgresServer()
    {
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Of the server's own database.</summary>
    public string Connection => $"Host={_folder};Username=hub;Database=postgres;Pooling=false";

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        await GiveToServerAsync(server._folder);
        await AsServerAsync("initdb", "--pgdata", server.Data, "--username", "hub", "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C");
        await server.LaunchAsync();
        return server;
    }

    /// <summary>A new, empty database.</summary>
    /// <returns>How to connect to it.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"t{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(Connection);
        await connection.OpenAsync();
#pragma warning disable CA2100 // A name made here.
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return $"Host={_folder};Username=hub;Database={name}";
    }

    /// <summary>SIGKILL for every process of the server, as at a crash.</summary>
    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    public async Task LaunchAsync()
    {
        // Without fsync a killed server loses nothing: the kernel has what it wrote.
        _server = Start(
            "postgres", "-D", Data, "-k", _folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60", "-c", "shared_buffers=64MB");
        await Eventually.TrueAsync(() => CanConnectAsync(Connection, _server), "PostgreSQL answers");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            await KillAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await output + await errors);
    }

    /// <summary>Whether a server takes connections; one that has ended is an error.</summary>
    public static async Task<bool> CanConnectAsync(string connection, Process server)
    {
        try
        {
            await using var opened = new NpgsqlConnection(connection);
            await opened.OpenAsync();
            return true;
        }
        catch (NpgsqlException) when (!server.HasExited)
        {
            return false;
        }
    }

    /// <summary>Lets the user postgres have a folder, if the servers run as that.</summary>
    public static Task GiveToServerAsync(string folder) => Environment.IsPrivilegedProcess ? RunAsync("chown", "-R", "postgres", folder) : Task.CompletedTask;

    /// <summary>How to start a program as the user postgres, or as this one who is not root.</summary>
    public static ProcessStartInfo AsServer(string path, params string[] arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        (start.UseShellExecute, start.WorkingDirectory, start.RedirectStandardError) = (false, "/", true);
        return start;
    }

    private static Task AsServerAsync(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(Programs, program), .. arguments])
        : RunAsync(Path.Combine(Programs, program), arguments);

    private static Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(AsServer(Path.Combine(Programs, program), arguments))!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }
}
