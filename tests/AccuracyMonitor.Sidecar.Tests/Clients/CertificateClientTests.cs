using AccuracyMonitor.Client;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.Tls;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Sidecar.Tests.Clients;

/// <summary>Every client of ours against a sidecar that knows its callers by client certificates alone.</summary>
public sealed class CertificateClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-mtls-").FullName;
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("another authority");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_channel_with_a_known_certificate_is_a_subject_and_others_are_told_what_is_missing()
    {
        await using var sidecar = await StartAsync();
        var (certificate, key) = _authority.Client(_folder, "app", "spiffe://shop/app");
        var (unknown, unknownKey) = _other.Client(_folder, "unknown", "spiffe://shop/app");
        var authority = _authority.WritePem(_folder);

        (await ScoreAsync(sidecar, Credentials(authority, certificate, key))).ShouldBe("");
        (await ScoreAsync(sidecar, Credentials(authority, "", ""))).ShouldContain("bring a token that is valid, or a client certificate");
        (await ScoreAsync(sidecar, Credentials(authority, unknown, unknownKey))).ShouldContain($"ClientCertificateFile is '{unknown}'");
        (await ScoreAsync(sidecar, Credentials("", certificate, key))).ShouldContain("CertificateAuthorityFile is ''");
    }

    [Fact]
    public async Task The_client_reports_with_its_certificate()
    {
        await using var sidecar = await StartAsync();
        var (certificate, key) = _authority.Client(_folder, "app", "spiffe://shop/app");
        var (unknown, unknownKey) = _other.Client(_folder, "unknown", "spiffe://shop/app");
        var options = new MonitorClientOptions
        {
            Address = $"https://localhost:{Port(sidecar)}",
            CertificateAuthorityFile = _authority.WritePem(_folder),
            ClientCertificateFile = certificate,
            ClientKeyFile = key,
            Model = "m",
            Version = "1",
            ClassCount = 2,
            MaxReconnectDelay = TimeSpan.FromMilliseconds(50),
        };
        await using (var client = MonitorClient.Connect(options))
        {
            client.Observe([0.7f, 0.3f], "a").ShouldBeTrue();
            await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Accepted == 1), "it arrives");
        }

        var log = new LogRecorder();
        await using var stranger = MonitorClient.Connect(options with { ClientCertificateFile = unknown, ClientKeyFile = unknownKey }, log);
        stranger.Observe([0.7f, 0.3f], "b").ShouldBeTrue();
        await Eventually.TrueAsync(() => Task.FromResult(stranger.Counters.Reconnects > 2), "it is tried again");
        stranger.Counters.Accepted.ShouldBe(0);
        log.Entries.ShouldContain(e => e.Level >= LogLevel.Warning && e.Message.Contains("ClientCertificateFile", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_that_are_no_certificate_are_refused_at_once_and_named()
    {
        var (certificate, key) = _authority.Client(_folder, "app");
        var (_, otherKey) = _authority.Client(_folder, "second");

        Refused(certificate, "").ShouldContain($"ClientCertificateFile is '{certificate}' and ClientKeyFile is ''; a client certificate needs both");
        Refused("", key).ShouldContain("a client certificate needs both");
        Refused(certificate, otherKey).ShouldContain($"ClientKeyFile is '{otherKey}'; they can't be used");
        Refused(certificate, Path.Combine(_folder, "missing")).ShouldContain("they can't be used");
        Refused(key, certificate).ShouldContain("they can't be used");
        var options = new MonitorClientOptions { Model = "m", Version = "1", ClassCount = 2, ClientCertificateFile = certificate };
        Should.Throw<ArgumentException>(() => MonitorClient.Connect(options)).Message
            .ShouldBe("ClientKeyFile is ''; it must be an existing PEM file where ClientCertificateFile is set, and else empty.");
    }

    [Theory]
    [InlineData("python")]
    [InlineData("typescript")]
    public async Task The_other_languages_report_with_a_certificate(string language)
    {
        await using var sidecar = await StartAsync();
        var (certificate, key) = _authority.Client(_folder, "app", "spiffe://shop/app");
        var (unknown, unknownKey) = _other.Client(_folder, "unknown", "spiffe://shop/app");
        using var client = new ClientCopy(language);

        var said = await client.RunAsync(
            ExampleClientTests.Block($"sh {language}").Split("\n/usr/bin/python3")[0].Split("\nnpm start")[0] + "\n"
                + (language == "python" ? "/usr/bin/python3 certificates.py 2>&1" : "npx tsc -p tsconfig.certificates.json && node build/certificates.js 2>&1"),
            ("ADDRESS", $"localhost:{Port(sidecar)}"), ("AUTHORITY", _authority.WritePem(_folder)), ("CERTIFICATE", certificate), ("KEY", key),
            ("UNKNOWN", unknown), ("UNKNOWN_KEY", unknownKey));

        said.ShouldContain("known: accepted 1");
        said.ShouldContain("none: dropped_unauthenticated 1");
        said.ShouldContain("unknown: dropped_unavailable 1");
        said.ShouldContain($"ertificate{(language == "python" ? "_file" : "File")} is {unknown}");
        said.ShouldContain("half: a client certificate needs both");
        said.ShouldContain("missing: it can't be read");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Refused(string certificate, string key) => Should.Throw<ArgumentException>(
        () => MonitorChannel.Create("https://localhost:1", new MonitorCredentials { ClientCertificateFile = certificate, ClientKeyFile = key })).Message;

    private static MonitorCredentials Credentials(string authority, string certificate, string key) =>
        new() { CertificateAuthorityFile = authority, ClientCertificateFile = certificate, ClientKeyFile = key };

    /// <returns>Why it was refused; empty: it was not.</returns>
    private static async Task<string> ScoreAsync(TestSidecar sidecar, MonitorCredentials credentials)
    {
        using var channel = MonitorChannel.Create($"https://localhost:{Port(sidecar)}", credentials);
        try
        {
            await new PredictionService.PredictionServiceClient(channel).ScoreAsync(
                new ScoreRequest { Batch = Batches.Of([[0.7f, 0.3f]]) }, cancellationToken: Cancel);
            return "";
        }
        catch (RpcException e)
        {
            return e.Status.Detail;
        }
    }

    private Task<TestSidecar> StartAsync()
    {
        var (certificate, key) = _authority.Server(_folder);
        return TestSidecar.StartAsync(
            "--Listen:Address=0.0.0.0", "--Listen:GrpcPort=0", $"--Listen:Tls:CertificateFile={certificate}", $"--Listen:Tls:KeyFile={key}",
            $"--Listen:Tls:ClientAuthorityFile={_authority.WritePem(_folder)}", "--Access:Grants:0=cert:spiffe://shop/app=observe,label");
    }

    private static int Port(TestSidecar sidecar) => new Uri(
        sidecar.Services.GetRequiredService<Listeners>().Addresses.Last(a => a.Use == ListenerUse.Grpc).Address).Port;
}
