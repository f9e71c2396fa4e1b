using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Injector.Certificates;
using AccuracyMonitor.Injector.Observability;
using AccuracyMonitor.Injector.Tests.Support;
using k8s;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Injector.Tests.Certificates;

/// <summary>Replicas against an API server, with a clock that is moved by hand.</summary>
public sealed class CertificateCareTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task Two_replicas_rotate_without_a_fight_and_without_a_gap()
    {
        await using var api = await FakeApiServer.StartAsync();
        using var first = Replica.Of(api, _time);
        using var second = Replica.Of(api, _time);
        await LookAsync(first, second);
        await LookAsync(first, second);
        var original = Served(first);
        Served(second).ShouldBe(original, "both serve what is shared");
        api.Authorities().Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromDays(61));
        HashSet<string> seen = [];
        for (var minutes = 0; minutes < 40; minutes++)
        {
            await LookAsync(first, second);
            foreach (var replica in (Replica[])[first, second])
            {
                RotationTests.Trusts(api.Authorities(), replica.Serving.Current!, _time.GetUtcNow()).ShouldBeTrue();
                seen.Add(Served(replica));
            }

            _time.Advance(TimeSpan.FromMinutes(1));
        }

        seen.Count.ShouldBe(2, "the old one and the new one");
        Served(first).ShouldNotBe(original);
        Served(second).ShouldBe(Served(first));
        api.Authorities().Count.ShouldBe(1, "the old authority was retired");
        foreach (var step in (string[])["issued", "announced", "promoted", "retired"])
        {
            (first.Count(step) + second.Count(step)).ShouldBe(1, $"one of them took the step {step}");
        }
    }

    [Fact]
    public async Task A_replica_that_was_slower_takes_what_the_other_wrote()
    {
        await using var api = await FakeApiServer.StartAsync();
        using var first = Replica.Of(api, _time);
        using var second = Replica.Of(api, _time);
        api.BeforeWrite = call =>
        {
            if (call.StartsWith("POST", StringComparison.Ordinal))
            {
                api.BeforeWrite = null;
                second.Care.LookAsync(CancellationToken.None).GetAwaiter().GetResult();
            }
        };

        await first.Care.LookAsync(TestContext.Current.CancellationToken);

        Served(first).ShouldBe(Served(second));
        first.Count("conflict").ShouldBeGreaterThan(0);
        first.Count("issued").ShouldBe(0);
    }

    [Fact]
    public async Task Publishing_changes_the_authorities_and_nothing_else()
    {
        await using var api = await FakeApiServer.StartAsync();
        var before = api[FakeApiServer.WebhookPath].DeepClone().AsObject();
        using var replica = Replica.Of(api, _time);

        await replica.Care.LookAsync(TestContext.Current.CancellationToken);

        var after = api[FakeApiServer.WebhookPath].DeepClone().AsObject();
        foreach (var webhook in after["webhooks"]!.AsArray())
        {
            webhook!["clientConfig"]!.AsObject().Remove("caBundle").ShouldBeTrue();
        }

        after["metadata"]!.AsObject().Remove("resourceVersion");
        before["metadata"]!.AsObject().Remove("resourceVersion");
        JsonNode.DeepEquals(after, before).ShouldBeTrue();
        await replica.Care.LookAsync(TestContext.Current.CancellationToken);
        api.Calls.Count(c => !c.StartsWith("GET", StringComparison.Ordinal)).ShouldBe(2, "the Secret and the authorities once; then there is nothing to do");
    }

    [Fact]
    public async Task A_webhook_configuration_that_comes_late_and_a_damaged_Secret_are_taken_care_of()
    {
        await using var api = await FakeApiServer.StartAsync();
        var configuration = api[FakeApiServer.WebhookPath];
        var elsewhere = Options.Create(new CertificateOptions { Namespace = FakeApiServer.Space, WebhookConfiguration = "late" });
        using var replica = Replica.Of(api, _time, elsewhere);
        await replica.Care.LookAsync(TestContext.Current.CancellationToken);
        replica.Serving.Current.ShouldNotBeNull("it is ready before anybody can call");

        api[FakeApiServer.WebhookPath.Replace("zz-accuracy-monitor-injector", "late", StringComparison.Ordinal)] = configuration.DeepClone().AsObject();
        await replica.Care.LookAsync(TestContext.Current.CancellationToken);
        replica.Count("published").ShouldBe(1);

        var original = Served(replica);
        api[FakeApiServer.SecretPath]["data"]!["tls.key"] = Convert.ToBase64String("damaged"u8);
        await replica.Care.LookAsync(TestContext.Current.CancellationToken);
        Served(replica).ShouldNotBe(original);
        replica.Count("published").ShouldBe(2);
    }

    private static async Task LookAsync(params Replica[] replicas) =>
        await Task.WhenAll(replicas.Select(r => r.Care.LookAsync(TestContext.Current.CancellationToken)));

    private static string Served(Replica replica) => replica.Serving.Current.ShouldNotBeNull().Thumbprint;

    private sealed record Replica(CertificateCare Care, ServingCertificate Serving, MetricRegistry Registry, Kubernetes Api, string Folder) : IDisposable
    {
        public static Replica Of(FakeApiServer server, TimeProvider time, IOptions<CertificateOptions>? options = null)
        {
            var folder = Directory.CreateTempSubdirectory("am-replica-").FullName;
            var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.WriteKubeconfig(folder)));
            options ??= Options.Create(new CertificateOptions { Namespace = FakeApiServer.Space });
            var registry = new MetricRegistry(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
            var metrics = new InjectorMetrics(registry);
            var serving = new ServingCertificate(metrics, NullLogger<ServingCertificate>.Instance);
            var care = new CertificateCare(
                new SharedCertificates(api, options), new WebhookAuthorities(api, options), options, serving, metrics, new LoopHealths(time), time,
                NullLogger<CertificateCare>.Instance);
            return new Replica(care, serving, registry, api, folder);
        }

        public double Count(string step) =>
            Registry.Find("accuracy_monitor_injector_certificate_steps_total")!.Snapshot.Single(s => s.Labels[0] == step).Value;

        public void Dispose()
        {
            Care.Dispose();
            Api.Dispose();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
