using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Tests.Support;

/// <summary>The real injector in this process, on real sockets, with an API server of its own.</summary>
internal sealed class TestInjector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private TestInjector(WebApplication app, FakeApiServer api, string folder) => (_app, Api, _folder) = (app, api, folder);

    public FakeApiServer Api { get; }

    public int Port => new Uri(_app.Urls.First()).Port;

    public Uri Pages => new(_app.Urls.Last());

    public IServiceProvider Services => _app.Services;

    public static async Task<TestInjector> StartAsync(params string[] settings) => await StartAsync(await FakeApiServer.StartAsync(), settings);

    public static Task<TestInjector> StartAsync(FakeApiServer api, params string[] settings) => StartOnAsync(TimeProvider.System, api, settings);

    /// <param name="time">The injector's clock.</param>
    /// <param name="api">Disposed with the injector.</param>
    /// <param name="settings">Beside the usual ones.</param>
    public static async Task<TestInjector> StartOnAsync(TimeProvider time, FakeApiServer api, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("am-injector-").FullName;
        var app = InjectorApplication.Build([.. Settings(api, folder), .. settings], time);
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        await app.StartAsync();
        return new TestInjector(app, api, folder);
    }

    public static string[] Settings(FakeApiServer api, string folder) =>
    [
        "--Listen:Address=127.0.0.1", "--Listen:Port=0", "--Listen:HttpPort=0", "--Listen:DrainDelay=0s", $"--Injection:Image={GoldenCase.Image}",
        $"--Kubernetes:Kubeconfig={api.WriteKubeconfig(folder)}", $"--Certificates:Namespace={FakeApiServer.Space}", "--Certificates:CheckInterval=200ms",
        "--Kubernetes:RequestTimeout=10s", "--Logging:LogLevel:Default=None",
    ];

    /// <summary>Calls as an API server does: by the Service's name, trusting what the webhook configuration says.</summary>
    public HttpClient AsApiServer()
    {
        var handler = new SocketsHttpHandler
        {
            Expect100ContinueTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, Port, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy =
                new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck }
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(Api.Authorities());
        return new HttpClient(handler) { BaseAddress = new Uri($"https://accuracy-monitor-injector.{FakeApiServer.Space}.svc") };
    }

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = Pages };
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task ReadyAsync() =>
        await Eventually.TrueAsync(async () => (await GetAsync("/readyz")).Status == HttpStatusCode.OK, "the injector is ready");

    public async Task<JsonObject> ReviewAsync(JsonObject review)
    {
        using var http = AsApiServer();
        using var response = await http.PostAsync(
            new Uri("/mutate?timeout=5s", UriKind.Relative),
            new StringContent(review.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Api.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
