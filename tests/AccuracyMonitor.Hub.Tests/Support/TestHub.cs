using System.Net;
using AccuracyMonitor.Client;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hub.Composition;
using AccuracyMonitor.Hub.Store;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Hub.Tests.Support;

/// <summary>A hub in this process, on ports of its own.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestHub(WebApplication app)
    {
        _app = app;
        var listeners = app.Services.GetRequiredService<Listeners>();
        (GrpcAddress, var http) = (Reachable(listeners.AddressOf(ListenerUse.Grpc)), Reachable(listeners.AddressOf(ListenerUse.Http)));
        Grpc = MonitorChannel.Create(GrpcAddress);
        Http = new HttpClient { BaseAddress = new Uri(http) };
    }

    public string GrpcAddress { get; }

    public GrpcChannel Grpc { get; }

    public HttpClient Http { get; }

    public V1.FleetService.FleetServiceClient Fleet => new(Grpc);

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<TestHub> StartAsync(string database, params string[] settings)
    {
        var app = HubApplication.Build(
            ["--Listen:GrpcPort=0", "--Listen:HttpPort=0", $"--Database:Connection={database}", "--Logging:LogLevel:Default=Error", .. settings]);
        await app.Services.GetRequiredService<Schema>().MigrateAsync(CancellationToken.None);
        await app.StartAsync();
        return new TestHub(app);
    }

    public async Task<string> GetAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.ShouldBe(status);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>One that listens on all addresses is called on this machine's.</summary>
    private static string Reachable(string address) => address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Grpc.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
