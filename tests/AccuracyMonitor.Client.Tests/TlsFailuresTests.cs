using System.Net.Sockets;
using System.Security.Authentication;

namespace AccuracyMonitor.Client.Tests;

public sealed class TlsFailuresTests
{
    private static readonly MonitorCredentials Certified = new() { ClientCertificateFile = "/tls/client.crt", ClientKeyFile = "/tls/client.key" };

    /// <summary>A refused client certificate is seen at another place in each run; a connection that was never made is not one.</summary>
    [Theory]
    [InlineData(HttpRequestError.Unknown, true)]
    [InlineData(HttpRequestError.SecureConnectionError, true)]
    [InlineData(HttpRequestError.InvalidResponse, true)]
    [InlineData(HttpRequestError.ResponseEnded, true)]
    [InlineData(HttpRequestError.HttpProtocolError, true)]
    [InlineData(HttpRequestError.NameResolutionError, false)]
    [InlineData(HttpRequestError.ConnectionError, false)]
    [InlineData(HttpRequestError.ProxyTunnelError, false)]
    public async Task Failures_after_the_connection_name_the_client_certificate(HttpRequestError error, bool named)
    {
        var failure = new HttpRequestException(error, "An HTTP/2 connection could not be established.", new SocketException((int)SocketError.ConnectionReset));

        var said = await SaidOf(failure, Certified);

        said.Contains("ClientCertificateFile is '/tls/client.crt'", StringComparison.Ordinal).ShouldBe(named, said);
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_is_told_from_a_client_that_is_not()
    {
        var untrusted = new HttpRequestException(HttpRequestError.SecureConnectionError, "TLS", new AuthenticationException("not trusted"));

        (await SaidOf(untrusted, Certified)).ShouldContain("CertificateAuthorityFile is ''");
        (await SaidOf(new HttpRequestException(HttpRequestError.Unknown, "gone"), new MonitorCredentials())).ShouldBe("gone");
    }

    private static async Task<string> SaidOf(HttpRequestException failure, MonitorCredentials credentials)
    {
        using var client = new HttpClient(new TlsFailures(credentials, new Failing(failure)));
        var thrown = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://localhost"), TestContext.Current.CancellationToken));
        return thrown.Message;
    }

    private sealed class Failing(HttpRequestException failure) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw failure;
    }
}
