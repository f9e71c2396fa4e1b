using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

/// <summary>Measures the heap of this process, so no other test may run beside.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;

[Collection(nameof(MeasuredAlone))]
public sealed class MemoryBoundTests(ITestOutputHelper output)
{
    private const int Classes = 1000;
    private const int Rows = 256;
    private const int Streams = 10;
    private const int EachStream = 6;
    private const long MaxQueuedValues = 4_000_000;
    private const int MicroBatchRows = 1024;

    // Kestrel's and gRPC's pooled buffers, whatever waits.
    private const long Transport = 16 << 20;

    [Fact]
    public async Task What_waits_while_nothing_is_scored_stays_within_the_bound_that_the_page_states()
    {
        await using var sidecar = await TestSidecar.StartAsync($"--Intake:MaxQueuedValues={MaxQueuedValues}", $"--Scoring:MicroBatchRows={MicroBatchRows}");
        var message = new ObserveRequest { Batch = Batches.Of(Batches.Softmax(Rows, Classes, 1)), Brief = true };
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = message.Batch });
        using var scorer = new StuckScorer();
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        using (var stuck =
            MonitorLease.OfCreator(new MonitorSnapshot(new SharedScorer(scorer), null, scorer.Version, scorer.Version, [], Proven: true, TrainedThrough: 0)))
        {
            model.Adopt(stuck);
        }

        var queue = sidecar.Services.GetRequiredService<ScoringQueue>();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var once = await SendAsync(sidecar, message, roundsBefore: 0);
        var full = GC.GetTotalMemory(forceFullCollection: true) - before;
        var again = await SendAsync(sidecar, message, roundsBefore: 1);
        var fuller = GC.GetTotalMemory(forceFullCollection: true) - before;

        output.WriteLine($"{queue.QueuedValues} values wait; {full / 1e6:0.0} MB, after as much again {fuller / 1e6:0.0} MB");
        queue.QueuedValues.ShouldBeInRange(MaxQueuedValues - (Rows * Classes), MaxQueuedValues);
        full.ShouldBeLessThan((2 * sizeof(float) * (MaxQueuedValues + (MicroBatchRows * Classes))) + Transport);
        (fuller - full).ShouldBeLessThan(Transport / 2, "what is refused leaves nothing behind");

        scorer.Go();
        foreach (var call in (AsyncDuplexStreamingCall<ObserveRequest, ObserveResponse>[])[.. once, .. again])
        {
            await call.RequestStream.CompleteAsync();
            var answers = 0;
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                answers++;
            }

            answers.ShouldBe(EachStream);
            call.Dispose();
        }

        queue.QueuedValues.ShouldBe(0);
    }

    private static async Task<AsyncDuplexStreamingCall<ObserveRequest, ObserveResponse>[]> SendAsync(
        TestSidecar sidecar, ObserveRequest message, int roundsBefore)
    {
        var calls = Enumerable.Range(0, Streams).Select(_ => sidecar.Predictions.Observe()).ToArray();
        foreach (var call in calls)
        {
            for (var i = 0; i < EachStream; i++)
            {
                await call.RequestStream.WriteAsync(message);
            }
        }

        var sent = (roundsBefore + 1) * Streams * EachStream * Rows;
        var held = (MaxQueuedValues / Classes) + MicroBatchRows;
        await Eventually.TrueAsync(
            async () => await sidecar.MetricAsync("accuracy_monitor_dropped_total{reason=\"queue_full\"}") >= sent - held, "what does not fit is refused");
        return calls;
    }

    /// <summary>Does not come back until it is told to.</summary>
    private sealed class StuckScorer : IMonitorScorer
    {
        private readonly ManualResetEventSlim _go = new();

        public string Version => "stuck";

        public string Kind => "calibrated-score";

        public int? ClassCount => null;

        public int? Largest => null;

        public MonitorMetadata? Metadata => null;

        public void Go() => _go.Set();

        public void Score(ReadOnlySpan<float> probabilities, int count, int classes, Span<float> logits, Span<float> disagreements)
        {
            _go.Wait();
            logits[..count].Clear();
            disagreements[..count].Clear();
        }

        public void ScoreLargest(ReadOnlySpan<float> largest, int count, int width, Span<float> logits, Span<float> disagreements) =>
            throw new NotSupportedException("It says that it reads whole rows.");

        public void Dispose() => Go();
    }
}
