using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.Hosting.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Tests.Access;

public sealed class AuthenticatorTests
{
    [Theory]
    [InlineData("CN=web", "spiffe://shop/web", "cert:spiffe://shop/web")]
    [InlineData("CN=web", "", "cert:web")]
    [InlineData("CN=web, OU=shop, O=example", "", "cert:web")]
    [InlineData("OU=shop", "", Caller.Anonymous)]
    [InlineData("O=shop", "", Caller.Anonymous)]
    [InlineData("E=web@shop.example", "", Caller.Anonymous)]
    [InlineData("CN=web, CN=ops", "", Caller.Anonymous)]
    [InlineData("CN=\"spiffe://shop/web\"", "", Caller.Anonymous)]
    public async Task The_subject_of_a_certificate_is_its_uri_or_its_only_common_name(string name, string uri, string subject)
    {
        using var certificate = Certificate(name, uri);
        var context = new DefaultHttpContext { Connection = { ClientCertificate = certificate } };

        var caller = await new Authenticator(Options.Create(new AccessOptions()), new SourceHealth(), TimeProvider.System, NullLogger<Authenticator>.Instance)
            .AuthenticateAsync(context, ListenerTrust.Remote);

        caller.Subject.ShouldBe(subject);
    }

    [Fact]
    public void A_file_without_tokens_is_a_warning()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "# none yet\n");
        var log = new LogRecorder<Authenticator>();

        _ = new Authenticator(Options.Create(new AccessOptions { TokenFile = path }), new SourceHealth(), TimeProvider.System, log);

        File.Delete(path);
        log.Entries.ShouldHaveSingleItem().Message.ShouldStartWith($"Access:TokenFile ({path}) has no token");
    }

    private static X509Certificate2 Certificate(string name, string uri)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddEmailAddress("web@shop.example");
        names.AddDnsName("web.shop.example");
        if (uri.Length > 0)
        {
            names.AddUri(new Uri(uri));
        }

        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
