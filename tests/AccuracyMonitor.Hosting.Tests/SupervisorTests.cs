using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Hosting.Tests;

public sealed class SupervisorTests
{
    [Fact]
    public async Task A_worker_that_an_exception_ended_is_started_again_and_counted()
    {
        var worker = new Failing(failures: 2);
        var restarts = new Restarts();
        using var supervisor = new Supervisor(worker, restarts, new HurryingTime(), NullLogger<Supervisor>.Instance);
        await supervisor.StartAsync(TestContext.Current.CancellationToken);
        await worker.Works.Task.WaitAsync(TestContext.Current.CancellationToken);
        restarts.Workers.ShouldBe(["Failing", "Failing"]);

        await supervisor.StopAsync(TestContext.Current.CancellationToken);
        worker.ExecuteTask!.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_worker_that_a_cancellation_ended_while_nothing_stops_is_started_again_and_counted()
    {
        var worker = new Failing(failures: 2) { Failure = new TaskCanceledException("a call of its own took too long") };
        var restarts = new Restarts();
        using var supervisor = new Supervisor(worker, restarts, new HurryingTime(), NullLogger<Supervisor>.Instance);
        await supervisor.StartAsync(TestContext.Current.CancellationToken);
        await worker.Works.Task.WaitAsync(TestContext.Current.CancellationToken);
        restarts.Workers.ShouldBe(["Failing", "Failing"]);

        await supervisor.StopAsync(TestContext.Current.CancellationToken);
        restarts.Workers.Count.ShouldBe(2, "the cancellation that stops a worker is no failure");
    }

    [Fact]
    public async Task A_worker_that_is_done_is_left_alone()
    {
        var worker = new Failing(failures: 0, ends: true);
        var restarts = new Restarts();
        using var supervisor = new Supervisor(worker, restarts, new HurryingTime(), NullLogger<Supervisor>.Instance);
        await supervisor.StartAsync(TestContext.Current.CancellationToken);
        await worker.Works.Task.WaitAsync(TestContext.Current.CancellationToken);
        await supervisor.StopAsync(TestContext.Current.CancellationToken);
        (worker.Starts, restarts.Workers.Count).ShouldBe((1, 0));
    }

    private sealed class Failing(int failures, bool ends = false) : BackgroundService
    {
        public TaskCompletionSource Works { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception Failure { get; init; } = new InvalidOperationException("a defect");

        public int Starts { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            if (Starts++ < failures)
            {
                throw Failure;
            }

            Works.SetResult();
            if (!ends)
            {
                await Task.Delay(Timeout.Infinite, stoppingToken);
            }
        }
    }

    private sealed class Restarts : IWorkerRestarts
    {
        public List<string> Workers { get; } = [];

        public void Restarted(string worker) => Workers.Add(worker);
    }

    /// <summary>Every timer is due at once.</summary>
    private sealed class HurryingTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
