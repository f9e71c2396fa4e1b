using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Client.Tests;

public sealed class AccuracyMonitorServicesTests
{
    [Fact]
    public async Task One_client_is_made_from_the_section_and_closed_after_every_other_service()
    {
        var client = default(MonitorClient);
        using (var host = Build(s => s.AddAccuracyMonitor(Section(("Model", "m"), ("Version", "1"), ("ClassCount", "2"), ("FlushInterval", "00:00:00.020")))
            .AddHostedService<LateObserver>()))
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            client = host.Services.GetRequiredService<MonitorClient>();
            host.Services.GetRequiredService<MonitorClient>().ShouldBeSameAs(client);
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        client.Observe([0.5f, 0.5f], "too late").ShouldBeFalse();
        client.Counters.Observed.ShouldBe(2, "what a service observed while it stopped, and the one too late");
        client.Counters.Dropped.ShouldBe(2, "nobody listens, so neither could be sent");
        (client.Counters.DroppedClosed + client.Counters.DroppedDisconnected)
            .ShouldBe(2, "left in the ring, or taken from it for a connection that never came");
    }

    [Fact]
    public async Task Options_out_of_range_stop_the_host_at_start_all_named()
    {
        using var host = Build(s => s.AddAccuracyMonitor(o => (o.Address, o.Model, o.Version, o.ClassCount, o.QueueCapacity) = ("ftp://x", "m", "", 1, 100)));

        var thrown = await Should.ThrowAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        thrown.Failures.Select(f => f[..f.IndexOf(' ')]).ShouldBe(["Address", "Version", "ClassCount", "QueueCapacity"]);
        thrown.Failures.ShouldContain("ClassCount is '1'; it must be 2 to 10000 (or set ACCURACY_MONITOR_CLASS_COUNT).");
    }

    [Fact]
    public async Task A_misspelt_setting_stops_the_host_at_start()
    {
        using var host = Build(s => s.AddAccuracyMonitor(Section(("Model", "m"), ("Version", "1"), ("Classes", "2"))));

        (await Should.ThrowAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken))).Message.ShouldContain("Classes");
    }

    private static IHost Build(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.Configure<MonitorClientOptions>(o => (o.Address, o.ResponseTimeout) = ("unix:///nowhere/at/all.sock", TimeSpan.FromMilliseconds(200)));
        add(builder.Services);
        return builder.Build();
    }

    private static IConfiguration Section(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))).Build();

    private sealed class LateObserver(MonitorClient client) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            client.Observe([0.5f, 0.5f], "while stopping");
            return Task.CompletedTask;
        }
    }
}
