using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Hosting.Tls;
using AccuracyMonitor.Tests.Tls;

namespace AccuracyMonitor.Capture.Tests.Tap;

/// <summary>Whom the tap takes for the model server.</summary>
public sealed class TapUpstreamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-upstream-").FullName;
    private readonly TestAuthority _authority = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost", true, true)]
    [InlineData("localhost", false, false)]
    [InlineData("other.example", true, false)]
    public async Task A_server_is_trusted_by_the_authority_of_the_file_and_its_name(string host, bool ofAuthority, bool trusted)
    {
        using var strange = new TestAuthority("strange");
        var (certificate, key) = (ofAuthority ? _authority : strange).Server(_folder, host: host);
        _listener.Start();
        var serving = ServeAsync(certificate, key);
        var file = _authority.WritePem(_folder);
        var address = $"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        var upstream = new TapUpstream(TapProtocol.Rest, address, TimeProvider.System, new ServerAuthorities(file, static _ => { }, TimeProvider.System));

        if (trusted)
        {
            await using var connection = await upstream.ConnectAsync();
            connection.Input.ShouldNotBeNull();
        }
        else
        {
            await Should.ThrowAsync<IOException>(upstream.ConnectAsync);
        }

        await serving;
    }

    [Fact]
    public void A_file_without_an_authority_is_an_error_of_the_settings()
    {
        var empty = Path.Combine(_folder, "empty.pem");
        File.WriteAllText(empty, "");

        foreach (var (file, problem) in ((string, string)[])[(empty, "no PEM certificate"), (Path.Combine(_folder, "missing.pem"), "missing.pem")])
        {
            var result = new TapRulesValidator().Validate(name: null, new TapOptions { UpstreamAuthorityFile = file });
            result.Failures.ShouldHaveSingleItem().ShouldStartWith("Tap:UpstreamAuthorityFile cannot be used: ");
            result.FailureMessage!.ShouldContain(problem);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ServeAsync(string certificate, string key)
    {
        using var socket = await _listener.AcceptSocketAsync(Cancel);
        await using var tls = new SslStream(new NetworkStream(socket));
        using var pair = X509Certificate2.CreateFromPemFile(certificate, key);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = pair }, Cancel);

            // Until the tap ends the connection.
            (await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, Cancel)).ShouldBe(0);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // It does not trust the certificate.
        }
    }
}
