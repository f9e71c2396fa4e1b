namespace AccuracyMonitor.Hub.Tests.Support;

/// <summary>One server for all tests that do not harm it; each takes a database of its own.</summary>
public sealed class Postgres : IAsyncLifetime
{
    private PostgresServer? _server;

    public Task<string> CreateDatabaseAsync() => _server!.CreateDatabaseAsync();

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
