using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Client.Tests;

public sealed class AccuracyMonitorServicesTests
{
    private const string Nowhere = "unix:///nowhere/at/all.sock";
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

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

    [Fact]
    public async Task Two_models_have_a_client_each_by_name()
    {
        using var host = Build(s => s
            .AddAccuracyMonitor("digits", o => (o.Address, o.Model, o.Version, o.ClassCount, o.ResponseTimeout) = (Nowhere, "digits", "1", 10, Soon))
            .AddAccuracyMonitor("signs", Section(
                ("Address", Nowhere), ("Model", "signs"), ("Version", "2"), ("ClassCount", "43"), ("ResponseTimeout", "00:00:00.2"))));
        await host.StartAsync(TestContext.Current.CancellationToken);

        var digits = host.Services.GetRequiredKeyedService<MonitorClient>("digits");
        var signs = host.Services.GetRequiredKeyedService<MonitorClient>("signs");
        (digits.ClassCount, signs.ClassCount).ShouldBe((10, 43));
        await host.StopAsync(TestContext.Current.CancellationToken);
        (digits.Observe(new float[10], "late"), signs.Observe(new float[43], "late")).ShouldBe((false, false), "both were closed");
    }

    [Fact]
    public void A_second_model_without_a_name_is_refused_and_not_mixed_with_the_first()
    {
        var services = new ServiceCollection();
        services.AddAccuracyMonitor(o => o.Model = "digits");

        Should.Throw<InvalidOperationException>(() => services.AddAccuracyMonitor(o => o.Model = "signs")).Message.ShouldContain("AddAccuracyMonitor(\"name\"");
        Should.Throw<InvalidOperationException>(() => services.AddAccuracyMonitor(Section(("Model", "signs"))));
        services.AddAccuracyMonitor("signs", o => o.Model = "signs");
        Should.Throw<InvalidOperationException>(() => services.AddAccuracyMonitor("signs", o => o.Model = "other")).Message.ShouldContain("'signs'");
    }

    [Fact]
    public async Task Options_of_a_named_client_out_of_range_stop_the_host_at_start_with_the_name()
    {
        using var host = Build(s => s.AddAccuracyMonitor("signs", o => (o.Address, o.Model, o.Version, o.ClassCount) = (Nowhere, "signs", "1", 1)));

        (await Should.ThrowAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken))).Failures
            .ShouldBe(["signs: ClassCount is '1'; it must be 2 to 10000 (or set ACCURACY_MONITOR_CLASS_COUNT)."]);
    }

    private static IHost Build(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.Configure<MonitorClientOptions>(o => (o.Address, o.ResponseTimeout) = (Nowhere, Soon));
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
