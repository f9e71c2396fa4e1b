using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Models;

public sealed class FirstSightTests
{
    private static readonly float[][] Row = [[0.7f, 0.3f]];

    [Fact]
    public async Task FirstSight_MonitorIsStillLoading_OtherModelsAreScoredAndItsOwnPredictionsWaitForIt()
    {
        await using var intake = await IntakeUnderTest.StartAsync();
        var slow = intake.Submit("slow");
        await intake.Monitors.Loading.Task;

        var quick = intake.Submit("quick");
        await quick.Batch!.Done.Task;
        quick.Batch.MonitorVersion.ShouldBe("quick");
        slow.Batch!.Done.Task.IsCompleted.ShouldBeFalse();

        intake.Monitors.Finish.SetResult();
        await slow.Batch.Done.Task;
        slow.Batch.MonitorVersion.ShouldBe("slow");
        slow.Batch.Scores[0].ShouldBe(0.88f, 0.01f);
    }

    [Fact]
    public async Task FirstSight_LoadingFails_ItsPredictionsAreScoredByTheFallbackAndOthersAreNotAffected()
    {
        await using var intake = await IntakeUnderTest.StartAsync();
        var slow = intake.Submit("slow");
        await intake.Monitors.Loading.Task;

        intake.Monitors.Finish.SetException(new IOException("The file is gone."));
        await slow.Batch!.Done.Task;
        slow.Batch.MonitorVersion.ShouldBe("fallback");
        intake.Monitors.Failures.ShouldHaveSingleItem().Message.ShouldBe("The file is gone.");
        var quick = intake.Submit("quick");
        await quick.Batch!.Done.Task;
        quick.Batch.MonitorVersion.ShouldBe("quick");
    }

    [Fact]
    public async Task FirstSight_MonitorNeverLoads_TakesAQuarterOfTheQueueAtMost()
    {
        await using var intake = await IntakeUnderTest.StartAsync(maxQueuedValues: 10 * 64 * (2 + 16 + 16));
        float[][] rows = [.. Enumerable.Repeat(Row[0], 64)];
        intake.Submit("slow", rows).Refusal.ShouldBeNull();
        intake.Submit("slow", rows).Refusal.ShouldBeNull();

        intake.Submit("slow", rows).Refusal!.Reason.ShouldBe("QUEUE_FULL");
        var quick = intake.Submit("quick", rows);
        await quick.Batch!.Done.Task;
        intake.Monitors.Finish.SetResult();
    }

    [Fact]
    public async Task FirstSight_TheMonitorsOfOthersAreLoadedForTooLong_TheFallbackScoresUntilItsOwnIsLoaded()
    {
        await using var intake = await IntakeUnderTest.StartAsync();
        intake.Submit("slow");
        await intake.Monitors.Loading.Task;

        var second = intake.Submit("second");
        await second.Batch!.Done.Task.WaitAsync(TestContext.Current.CancellationToken);
        second.Batch.MonitorVersion.ShouldBe("fallback");

        intake.Monitors.Finish.SetResult();
        await Eventually.TrueAsync(() => Task.FromResult(second.Batch.Model.Monitor.Version == "second"), "its own monitor scores");
    }

    [Fact]
    public async Task Shutdown_MonitorIsStillLoading_WhatWasAcceptedIsScoredByTheFallback()
    {
        await using var intake = await IntakeUnderTest.StartAsync();
        var slow = intake.Submit("slow");
        await intake.Monitors.Loading.Task;

        await intake.StopAsync();

        await slow.Batch!.Done.Task.WaitAsync(TestContext.Current.CancellationToken);
        slow.Batch.MonitorVersion.ShouldBe("fallback");
        intake.Submit("slow").Refusal!.Reason.ShouldBe("QUEUE_FULL");
        intake.Monitors.Finish.SetResult();
    }

    /// <summary>The way in, of a sidecar whose monitors load on command.</summary>
    private sealed class IntakeUnderTest : IAsyncDisposable
    {
        private readonly TestSidecar _sidecar;
        private readonly ScoringWorker _worker;
        private readonly IntakeService _intake;

        private IntakeUnderTest(TestSidecar sidecar, long maxQueuedValues)
        {
            _sidecar = sidecar;
            var registry = Make<ModelRegistry>(Monitors);
            var queue = new ScoringQueue(maxQueuedValues);
            _intake = Make<IntakeService>(Make<BatchParser>(registry), queue);
            _worker = Make<ScoringWorker>(queue, Make<MicroBatchProcessor>());
        }

        public CommandedMonitors Monitors { get; } = new();

        public static async Task<IntakeUnderTest> StartAsync(long maxQueuedValues = 1 << 20)
        {
            var intake = new IntakeUnderTest(await TestSidecar.StartAsync(), maxQueuedValues);
            await intake._worker.StartAsync(CancellationToken.None);
            return intake;
        }

        public ParsedBatch Submit(string model, float[][]? rows = null)
        {
            BatchMapping.Read(Batches.Of(rows ?? Row, model: model), out var reported).ShouldBeNull();
            return _intake.Submit(reported);
        }

        public Task StopAsync() => _worker.StopAsync(CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _worker.Dispose();
            await _sidecar.DisposeAsync();
        }

        private T Make<T>(params object[] parts) => ActivatorUtilities.CreateInstance<T>(_sidecar.Services, parts);
    }

    /// <summary>The monitor of "slow" is loaded when the test says so; "second" waits behind it; any other model's is at hand.</summary>
    private sealed class CommandedMonitors : IStartingMonitors
    {
        private int _asked;

        public TaskCompletionSource Loading { get; } = new();

        public TaskCompletionSource Finish { get; } = new();

        public List<Exception> Failures { get; } = [];

        public MonitorLease? AtHand(ModelKey key, int classCount) => key.Model is "slow" or "second" ? null : new CountingScorer(key.Model).ToMonitor();

        public MonitorLease? Load(ModelKey key, int classCount)
        {
            if (key.Model == "second")
            {
                if (Interlocked.Exchange(ref _asked, 1) == 0)
                {
                    return null;
                }

                Finish.Task.GetAwaiter().GetResult();
                return new CountingScorer("second").ToMonitor();
            }

            Loading.SetResult();
            Finish.Task.GetAwaiter().GetResult();
            return new CountingScorer(key.Model, logit: 2).ToMonitor();
        }

        public void Failed(ModelKey key, Exception exception) => Failures.Add(exception);

        public MonitorLease Fallback() => new CountingScorer("fallback").ToMonitor();
    }
}
