using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Injector.Hosting;
using AccuracyMonitor.Injector.Observability;
using AccuracyMonitor.Injector.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Injector.Tests.Hosting;

/// <summary>Health by what gets done, and who may read what.</summary>
public sealed class HealthTests
{
    [Fact]
    public void A_loop_is_stuck_without_rounds_and_has_a_problem_without_good_ones()
    {
        var time = new FakeTimeProvider();
        var loop = new LoopHealths(time).Add("rules", TimeSpan.FromMinutes(1));

        time.Advance(TimeSpan.FromMinutes(10));
        (loop.IsStuck, loop.Problem).ShouldBe((false, null));
        loop.Failed("the API server is away");
        time.Advance(TimeSpan.FromSeconds(1));
        (loop.IsStuck, loop.Problem).ShouldBe((false, "not done for 601 s: the API server is away"));
        loop.Succeeded();
        loop.Problem.ShouldBeNull();
        time.Advance(TimeSpan.FromMinutes(11));
        loop.IsStuck.ShouldBeTrue();
    }

    [Fact]
    public async Task A_certificate_that_has_ended_is_not_ready_and_named_everywhere()
    {
        var folder = Directory.CreateTempSubdirectory("am-health-").FullName;
        var (pair, _) = AccuracyMonitor.Injector.Certificates.CertificateIssuer.Issue(["x"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.crt"), pair.CertificatePem, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.key"), pair.KeyPem, TestContext.Current.CancellationToken);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        string[] files =
        [
            "--Certificates:Mode=Files", $"--Certificates:CertificateFile={Path.Combine(folder, "tls.crt")}",
            $"--Certificates:KeyFile={Path.Combine(folder, "tls.key")}", "--Certificates:CheckInterval=1h",
        ];
        await using var injector = await TestInjector.StartOnAsync(time, await FakeApiServer.StartAsync(), files);
        (await injector.GetAsync("/readyz")).ShouldBe((HttpStatusCode.OK, "ok\n"));
        (await injector.GetAsync("/metrics")).Body.ShouldContain("accuracy_monitor_component_up{component=\"certificate\"} 1\n");

        time.Advance(TimeSpan.FromDays(2));

        var (status, text) = await injector.GetAsync("/readyz");
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        text.ShouldContain("certificate: it ended at ");
        (await injector.GetAsync("/metrics")).Body.ShouldContain("accuracy_monitor_component_up{component=\"certificate\"} 0\n");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Beyond_loopback_metrics_want_a_token_and_health_none()
    {
        var tokens = Path.GetTempFileName();
        await File.WriteAllTextAsync(tokens, $"prometheus {Convert.ToHexStringLower(SHA256.HashData("secret"u8))}\n", TestContext.Current.CancellationToken);
        await using var injector = await TestInjector.StartAsync(
            "--Listen:Address=0.0.0.0", $"--Access:TokenFile={tokens}", "--Access:Grants:0=token:prometheus=metrics");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{injector.Pages.Port}") };

        (await StatusAsync(http, "/healthz")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(http, "/metrics")).ShouldBe(HttpStatusCode.Unauthorized);
        http.DefaultRequestHeaders.Add("Authorization", "Bearer secret");
        (await StatusAsync(http, "/metrics")).ShouldBe(HttpStatusCode.OK);
        File.Delete(tokens);
    }

    [Fact]
    public async Task Beyond_loopback_metrics_are_open_to_all_only_where_a_setting_says_so()
    {
        await using (var injector = await TestInjector.StartAsync("--Listen:Address=0.0.0.0", "--Listen:AnonymousMetrics=true"))
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{injector.Pages.Port}") };
            (await StatusAsync(http, "/metrics")).ShouldBe(HttpStatusCode.OK);
        }

        await using var api = await FakeApiServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("am-health-").FullName;
        await using var refused = InjectorApplication.Build([.. TestInjector.Settings(api, folder), "--Listen:Address=0.0.0.0"]);
        Should.Throw<OptionsValidationException>(() => refused.Services.GetRequiredService<IStartupValidator>().Validate()).Message
            .ShouldContain("Nobody could read /metrics on 0.0.0.0");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Connections_beyond_the_bound_are_closed_and_counted()
    {
        await using var injector = await TestInjector.StartAsync("--Listen:MaxConnections=2");
        var counter = injector.Services.GetRequiredService<MetricRegistry>().Find("accuracy_monitor_injector_denied_calls_total")!;
        List<TcpClient> clients = [];
        for (var i = 0; i < 6; i++)
        {
            clients.Add(new TcpClient());
            try
            {
                await clients[i].ConnectAsync(IPAddress.Loopback, injector.Pages.Port, TestContext.Current.CancellationToken);
            }
            catch (SocketException)
            {
                // It was closed before the connection was known to be made.
            }
        }

        await Eventually.TrueAsync(
            () => Task.FromResult(counter.Snapshot.Single(static s => s.Labels[0] == "connections").Value >= 4), "four of six connections are refused");
        clients.ForEach(static c => c.Dispose());
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
