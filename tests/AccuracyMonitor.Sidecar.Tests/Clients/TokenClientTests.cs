using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Client;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Clients;

/// <summary>Every client of ours against a sidecar that takes calls over TLS, with a token that may observe and label.</summary>
public sealed class TokenClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-token-").FullName;
    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task The_client_reports_with_the_token_of_its_file()
    {
        await using var sidecar = await StartAsync("good");
        var options = new MonitorClientOptions
        {
            Address = $"https://localhost:{Port(sidecar)}",
            CertificateAuthorityFile = _authority.WritePem(_folder),
            TokenFile = Write("good"),
            Model = "m",
            Version = "1",
            ClassCount = 2,
        };

        await using (var client = MonitorClient.Connect(options))
        {
            client.Observe([0.7f, 0.3f], "a").ShouldBeTrue();
            await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Accepted == 1), "it arrives");
        }

        await using var guessing = MonitorClient.Connect(options with { TokenFile = Write("guess"), MaxReconnectDelay = TimeSpan.FromMilliseconds(50) });
        guessing.Observe([0.7f, 0.3f], "b").ShouldBeTrue();
        await Eventually.TrueAsync(() => Task.FromResult(guessing.Counters.Reconnects > 2), "it is tried again");
        guessing.Counters.Accepted.ShouldBe(0);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("typescript")]
    public async Task The_examples_report_and_label_with_the_token_of_a_file(string language)
    {
        await using var sidecar = await StartAsync("good", "--Sampling:Budget=0.5");
        var (address, authority) = ($"localhost:{Port(sidecar)}", _authority.WritePem(_folder));

        var said = await ExampleClientTests.ExampleAsync(language, address, $"{authority} {Write("good")}");
        said["accepted"].ShouldBe(300, string.Join(" ", said));
        said["labelled"].ShouldBe(said["wanted"]);
        said["wanted"].ShouldBeGreaterThan(0);

        var refused = await ExampleClientTests.ExampleAsync(language, address, $"{authority} {Write("guess")}");
        refused["dropped_unauthenticated"].ShouldBe(301);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("typescript")]
    public async Task A_token_without_TLS_goes_through_no_proxy(string language)
    {
        await using var sidecar = await TestSidecar.StartAsync("--Listen:GrpcPort=0");
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var proxy = $"http://{unused.LocalEndpoint}";
        unused.Stop();

        var said = await ExampleClientTests.ExampleAsync(language, $"127.0.0.1:{Port(sidecar)}", $"- {Write("good")}", proxy);
        said["accepted"].ShouldBe(300);
    }

    [Fact]
    public async Task A_file_that_is_no_token_drops_what_the_Python_client_reports_and_is_refused_by_the_TypeScript_client()
    {
        var file = Write("gööd");

        var said = await ExampleClientTests.ExampleAsync("python", "unix:///nowhere", $"- {file}");
        said["dropped_no_token"].ShouldBe(301);

        var refused = await Record.ExceptionAsync(() => ExampleClientTests.ExampleAsync("typescript", "unix:///nowhere", $"- {file}"));
        refused.ShouldNotBeNull().Message.ShouldContain($"Error: {file} must hold one token");
    }

    [Fact]
    public void A_token_is_not_sent_where_it_can_be_read_on_the_way()
    {
        var file = Write("good");

        Should.Throw<ArgumentException>(() => MonitorChannel.Create("http://monitor.example:7700", new MonitorCredentials { TokenFile = file })).Message
            .ShouldContain("a token is sent over https, a Unix socket or to this machine only");
        foreach (var address in (string[])["https://monitor.example:7700", "http://localhost:7700", "http://127.0.0.1:7700", "http://[::1]:1", "unix:///a"])
        {
            MonitorChannel.Create(address, new MonitorCredentials { TokenFile = file }).Dispose();
        }
    }

    [Theory]
    [InlineData("", "must hold one token")]
    [InlineData("two words", "must hold one token")]
    [InlineData(null, "can't be read")]
    public void A_file_without_a_token_is_refused_at_once(string? content, string problem)
    {
        var file = content is null ? Path.Combine(_folder, "missing") : Write(content);

        Should.Throw<ArgumentException>(() => MonitorChannel.Create("unix:///a", new MonitorCredentials { TokenFile = file })).Message.ShouldContain(problem);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<TestSidecar> StartAsync(string token, params string[] settings)
    {
        var (certificate, key) = _authority.Server(_folder);
        var tokens = Path.Combine(_folder, "tokens");
        File.WriteAllText(tokens, $"app {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}\n");
        return TestSidecar.StartAsync(
        [
            "--Listen:Address=0.0.0.0", "--Listen:GrpcPort=0", $"--Listen:Tls:CertificateFile={certificate}", $"--Listen:Tls:KeyFile={key}",
            $"--Access:TokenFile={tokens}", "--Access:Grants:0=token:app=observe,label", .. settings,
        ]);
    }

    private string Write(string content)
    {
        var file = Path.Combine(_folder, $"token-{Guid.NewGuid():N}");
        File.WriteAllText(file, content);
        return file;
    }

    private static int Port(TestSidecar sidecar) => new Uri(
        sidecar.Services.GetRequiredService<Listeners>().Addresses.Last(a => a.Use == ListenerUse.Grpc).Address).Port;
}
