using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Sidecar.Tests.Monitors;

public sealed class MonitorLoaderTests
{
    [Fact]
    public async Task Whoever_waits_too_long_for_others_is_told_to_try_again_and_not_that_the_file_is_bad()
    {
        using var loader = new MonitorLoader(
            new ScorerOptions(), TimeSpan.FromMilliseconds(50), TimeProvider.System, NullLogger<MonitorLoader>.Instance);
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var slow = loader.LoadAsync(_ =>
        {
            started.Set();
            release.Wait();
            return new CountingScorer("slow").ToMonitor();
        });
        started.Wait(TestContext.Current.CancellationToken);

        var busy = await Should.ThrowAsync<BusyException>(() => loader.LoadAsync(_ => new CountingScorer("next").ToMonitor()));

        busy.Reason.ShouldBe("MONITORS_LOADING");
        busy.Message.ShouldContain("(Scoring:MonitorLoadTimeout). Try again later.");
        (await Should.ThrowAsync<MonitorFileException>(() => slow)).Message.ShouldContain("was not loaded within");
        release.Set();
    }

    [Fact]
    public async Task A_new_version_waits_no_longer_than_the_limit_for_the_monitor_of_another()
    {
        using var loader = new MonitorLoader(
            new ScorerOptions(), TimeSpan.FromMilliseconds(50), TimeProvider.System, NullLogger<MonitorLoader>.Instance);
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var slow = loader.LoadAsync(_ =>
        {
            started.Set();
            release.Wait();
            return new CountingScorer("slow").ToMonitor();
        });
        started.Wait(TestContext.Current.CancellationToken);

        var second = Task.Factory.StartNew(() => loader.Load([], classCount: 2), TaskCreationOptions.LongRunning);

        (await Should.ThrowAsync<BusyException>(() => second)).Reason.ShouldBe("MONITORS_LOADING");
        await Should.ThrowAsync<MonitorFileException>(() => slow);
        release.Set();
    }
}
