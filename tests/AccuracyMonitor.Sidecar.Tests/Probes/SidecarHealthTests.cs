using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Probes;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Sidecar.Tests.Probes;

/// <summary>Which state fails which probe. The sidecar is not started, so the lifetime is one of the test.</summary>
public sealed class SidecarHealthTests : IDisposable
{
    private readonly Lifetime _lifetime = new();

    [Fact]
    public async Task Report_OfAnIdleSidecar_IsHealthyAlsoAfterHours()
    {
        await using var bench = await Workbench.OpenAsync();
        var health = Health(bench);
        health.Read().IsReady.ShouldBeTrue();
        bench.Clock.Advance(TimeSpan.FromMinutes(4));
        var report = health.Read();
        (report.IsLive, report.IsReady).ShouldBe((true, true));
        report.ToText().ShouldStartWith("Healthy\nscoring: up\nestimation: up\n");
    }

    [Fact]
    public async Task Report_WhileBatchesWaitAndNoneIsScored_FailsBothProbesUntilOneIs()
    {
        await using var bench = await Workbench.OpenAsync();
        var health = Health(bench);
        bench.Get<ScoringQueue>().TryEnqueue(bench.Batch(("a", default))).ShouldBeTrue();
        Probes(health).ShouldBe((true, true));
        bench.Clock.Advance(SidecarHealth.StallLimit + TimeSpan.FromSeconds(1));
        Probes(health).ShouldBe((false, false));
        health.Read().ToText().ShouldStartWith("Unhealthy\nscoring: down, work has waited for 61 s and none was finished\n");

        bench.Get<ScoringQueue>().Progress.End();
        Probes(health).ShouldBe((true, true));
    }

    [Fact]
    public async Task Report_WhileTheStoreCannotBeWritten_IsNotReadyButLive()
    {
        await using var bench = await Workbench.OpenAsync();
        var (health, probe) = (Health(bench), bench.Get<StoreProbe>());
        await probe.RunAsync(TestContext.Current.CancellationToken);
        Probes(health).ShouldBe((true, true));

        using (var other = new SqliteConnection($"Data Source={bench.Store.Path};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            bench.Clock.Advance(StoreProbe.Interval);
            await probe.RunAsync(TestContext.Current.CancellationToken);
        }

        Probes(health).ShouldBe((true, false));
        health.Read().ToText().ShouldContain("\nstore: down, ");
        await probe.RunAsync(TestContext.Current.CancellationToken);
        Probes(health).ShouldBe((true, true));
    }

    [Fact]
    public async Task Report_WhileTheClocksDisagree_IsDegradedAndFailsNoProbe()
    {
        await using var bench = await Workbench.OpenAsync();
        var health = Health(bench);
        bench.Get<AgreedClock>().Read();
        bench.Clock.Step(TimeSpan.FromDays(1));
        Probes(health).ShouldBe((true, true));
        health.Read().ToText().ShouldStartWith("Degraded\n");
        health.Read().ToText().ShouldContain("clock: down, the wall clock has jumped by 86400 s");

        using var worker = new HealthWorker(
            health, bench.Get<StoreProbe>(), bench.Get<AccuracyMonitorMetrics>(), bench.Clock, bench.Get<WorkFailures>(), NullLogger<HealthWorker>.Instance);
        await worker.RunAsync(TestContext.Current.CancellationToken);
        var family = bench.Get<MetricRegistry>().Find("accuracy_monitor_component_up")!;
        family.Snapshot.ToDictionary(s => s.Labels[0], s => s.Value, StringComparer.Ordinal).ShouldSatisfyAllConditions(
            up => up["clock"].ShouldBe(0), up => up["scoring"].ShouldBe(1), up => up["store"].ShouldBe(1));
    }

    [Fact]
    public async Task Report_WhileTheTokensCannotBeReadAgain_NamesTheSetting()
    {
        var path = Path.GetTempFileName();
        await using var bench = await Workbench.OpenAsync($"--Access:TokenFile={path}");
        _ = bench.Get<Authenticator>();
        var health = Health(bench);
        health.Read().ToText().ShouldContain("\naccess: up");
        health.Read().ToText().ShouldContain("\nadaptation: up");

        await File.WriteAllTextAsync(path, "no grant\n", TestContext.Current.CancellationToken);
        bench.Clock.Advance(TimeSpan.FromSeconds(6));
        health.Read().ToText().ShouldContain("\naccess: down, Access:TokenFile cannot be used");
        Probes(health).ShouldBe((true, true));
        File.Delete(path);
    }

    [Fact]
    public async Task Report_BeforeTheStartAndWhileStopping_IsNotReady()
    {
        await using var bench = await Workbench.OpenAsync();
        var health = new SidecarHealth(bench.Get<IServiceProvider>(), _lifetime, bench.Clock);
        Probes(health).ShouldBe((false, false));
        _lifetime.Start();
        Probes(health).ShouldBe((true, true));
        _lifetime.StopApplication();
        Probes(health).ShouldBe((true, false));
    }

    public void Dispose() => _lifetime.Dispose();

    private static (bool Live, bool Ready) Probes(SidecarHealth health)
    {
        var report = health.Read();
        return (report.IsLive, report.IsReady);
    }

    private SidecarHealth Health(Workbench bench)
    {
        _lifetime.Start();
        return new SidecarHealth(bench.Get<IServiceProvider>(), _lifetime, bench.Clock);
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() => _stopping.Cancel();

        public void Dispose()
        {
            _started.Dispose();
            _stopping.Dispose();
        }
    }
}
