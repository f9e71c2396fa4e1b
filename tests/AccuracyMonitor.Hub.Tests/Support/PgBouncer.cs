using System.Diagnostics;
using Npgsql;

namespace AccuracyMonitor.Hub.Tests.Support;

/// <summary>A real PgBouncer in transaction mode before a server: two transactions of one client may run on two connections of the server.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _process;

    private PgBouncer(string folder, Process process, string connection) => (_folder, _process, Connection) = (folder, process, connection);

    public string Connection { get; }

    /// <param name="database">How to connect to the server's database.</param>
    public static async Task<PgBouncer> StartAsync(string database)
    {
        var target = new NpgsqlConnectionStringBuilder(database);
        var folder = Directory.CreateTempSubdirectory("am-pgb-").FullName;
        var file = Path.Combine(folder, "pgbouncer.ini");
        var port = Ports.Free();
        await File.WriteAllTextAsync(file, $"""
            [databases]
            {target.Database} = host={target.Host} dbname={target.Database} user={target.Username}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 3
            ignore_startup_parameters = extra_float_digits
            """);
        await PostgresServer.GiveToServerAsync(folder);
        var start = PostgresServer.AsServer("/usr/sbin/pgbouncer", file);
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var connection = $"Host=127.0.0.1;Port={port};Username={target.Username};Database={target.Database}";
        await Eventually.TrueAsync(() => PostgresServer.CanConnectAsync($"{connection};Pooling=false", process), "PgBouncer answers");
        return new PgBouncer(folder, process, connection);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
