using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.Hosting.Tls;
using AccuracyMonitor.Tests.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Hosting.Tests.Tls;

public sealed class KestrelTlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-tls-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _failures = [];
    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task Rotated_files_are_used_for_the_next_connection_and_broken_ones_never()
    {
        var (certificate, key) = _authority.Server(_folder);
        await using var server = await StartAsync(new TlsOptions { CertificateFile = certificate, KeyFile = key });
        var first = await ServedAsync(server);

        _authority.Server(_folder);
        (await ServedAsync(server)).ShouldBe(first, "the files are looked at every few seconds only");
        _time.Advance(TimeSpan.FromSeconds(6));
        var second = await ServedAsync(server);
        second.ShouldNotBe(first);

        await File.WriteAllTextAsync(key, "half a key", TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(6));
        (await ServedAsync(server)).ShouldBe(second);
        _failures.ShouldHaveSingleItem();

        _authority.Server(_folder);
        _time.Advance(TimeSpan.FromSeconds(6));
        (await ServedAsync(server)).ShouldNotBe(second);
    }

    [Fact]
    public async Task A_client_certificate_is_asked_for_and_checked_against_the_authority()
    {
        var (certificate, key) = _authority.Server(_folder);
        var authorities = _authority.WritePem(_folder);
        await using var server = await StartAsync(new TlsOptions { CertificateFile = certificate, KeyFile = key, ClientAuthorityFile = authorities });
        using var stranger = new TestAuthority("stranger");

        (await WhoAsync(server, client: null)).ShouldBe("nobody");
        (await WhoAsync(server, Load(_authority.Client(_folder, "web", "spiffe://shop/web")))).ShouldBe("CN=web");
        await Should.ThrowAsync<Exception>(() => WhoAsync(server, Load(stranger.Client(_folder, "mallory"))));
        await Should.ThrowAsync<Exception>(() => WhoAsync(server, Load((certificate, key))), "a server's certificate is none for a client");
    }

    [Fact]
    public async Task A_client_may_bring_the_intermediate_authority_that_signed_it()
    {
        var (certificate, key) = _authority.Server(_folder);
        var authorities = _authority.WritePem(_folder);
        await using var server = await StartAsync(new TlsOptions { CertificateFile = certificate, KeyFile = key, ClientAuthorityFile = authorities });
        using var intermediate = _authority.Intermediate("team");
        using var stranger = new TestAuthority("stranger");
        using var strange = stranger.Intermediate("team");

        (await WhoAsync(server, Load(intermediate.Client(_folder, "web")), intermediate.Pem)).ShouldBe("CN=web");
        await Should.ThrowAsync<Exception>(() => WhoAsync(server, Load(intermediate.Client(_folder, "web"))));
        await Should.ThrowAsync<Exception>(() => WhoAsync(server, Load(strange.Client(_folder, "mallory")), strange.Pem + stranger.Pem));
    }

    [Theory]
    [InlineData("", "key.pem", "", "Listen:Tls:CertificateFile is empty")]
    [InlineData("missing.crt", "", "", "Listen:Tls:KeyFile is empty")]
    [InlineData("missing.crt", "missing.key", "", "cannot be used")]
    public void Files_that_cannot_be_used_are_errors_of_the_settings(string certificate, string key, string authority, string message) =>
        new TlsOptionsValidator().Validate(null, new TlsOptions { CertificateFile = certificate, KeyFile = key, ClientAuthorityFile = authority })
            .FailureMessage!.ShouldContain(message);

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<WebApplication> StartAsync(TlsOptions options)
    {
        var files = TlsFiles.Open(options, e => _failures.Add(e.Message), _time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseTls(files)));
        var app = builder.Build();
        app.MapGet("/", context => context.Response.WriteAsync(context.Connection.ClientCertificate?.Subject ?? "nobody"));
        await app.StartAsync();
        return app;
    }

    private static X509Certificate2 Load((string Certificate, string Key) files) => X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);

    private async Task<string> ServedAsync(WebApplication server)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Urls.Single()).Port);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Policy() });
        return tls.RemoteCertificate!.GetSerialNumberString();
    }

    private async Task<string> WhoAsync(WebApplication server, X509Certificate2? client, string intermediates = "")
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = Policy();
        if (client is not null)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(client, Certificates(intermediates), offline: true);
        }

        using var http = new HttpClient(handler);
        return await http.GetStringAsync(new Uri($"https://localhost:{new Uri(server.Urls.Single()).Port}/"));
    }

    private static X509Certificate2Collection Certificates(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates;
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(_authority.Pem);
        return policy;
    }
}
