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
        var slow = loader.LoadAsync(() =>
        {
            started.Set();
            release.Wait();
            return new CountingScorer("slow").ToMonitor();
        });
        started.Wait(TestContext.Current.CancellationToken);

        var busy = await Should.ThrowAsync<BusyException>(() => loader.LoadAsync(() => new CountingScorer("next").ToMonitor()));

        busy.Reason.ShouldBe("MONITORS_LOADING");
        busy.Message.ShouldContain("(Scoring:MonitorLoadTimeout). Try again later.");
        (await Should.ThrowAsync<MonitorFileException>(() => slow)).Message.ShouldContain("was not loaded within");
        release.Set();
    }
}
