using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

public sealed class PeriodicWorkerTests
{
    [Fact]
    public async Task A_defect_is_counted_and_logged_with_its_stack()
    {
        await using var bench = await Workbench.OpenAsync();
        var defect = new InvalidOperationException("a defect");
        var log = new LogRecorder<WorkFailures>();
        using var worker = new FailingWorker(defect, bench, log);

        (await worker.TryOnceAsync()).ShouldBeFalse();

        bench.InternalErrors("background").ShouldBe(1);
        log.Exceptions.ShouldBe([defect]);
        worker.Progress.Error.ShouldBe("a defect");
    }

    [Fact]
    public async Task A_refusal_of_the_store_is_no_defect()
    {
        await using var bench = await Workbench.OpenAsync();
        var log = new LogRecorder<WorkFailures>();
        using var worker = new FailingWorker(new StoreBusyException("locked"), bench, log);

        (await worker.TryOnceAsync()).ShouldBeFalse();

        bench.InternalErrors("background").ShouldBe(0);
        log.Entries.ShouldHaveSingleItem().Message.ShouldBe("Testing failed and will be tried again: locked");
    }

    private sealed class FailingWorker(Exception exception, Workbench bench, LogRecorder<WorkFailures> log)
        : PeriodicWorker("Testing", TimeSpan.FromMinutes(1), bench.Clock, new WorkFailures(bench.Get<InternalErrorCounter>(), log))
    {
        public Task<bool> TryOnceAsync() => TryAsync(TestContext.Current.CancellationToken);

        public override Task RunAsync(CancellationToken cancel) => Task.FromException(exception);
    }
}
