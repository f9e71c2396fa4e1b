using AccuracyMonitor.V1;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Client.Tests;

public sealed class BatcherTests
{
    private static readonly Task Open = new TaskCompletionSource().Task;
    private readonly FakeTimeProvider _time = new();
    private readonly PredictionRing _ring = new(256, 2);

    [Fact]
    public async Task A_full_batch_goes_at_the_next_look_and_not_when_the_interval_is_over()
    {
        var batcher = Of(batchSize: 50, TimeSpan.FromSeconds(10));
        Push(10);
        var next = NextAsync(batcher);
        await LookAsync(20);
        next.IsCompleted.ShouldBeFalse("10 of 50, and the interval is not over");

        Push(45);
        await LookAsync(2);

        (await Soon(next))!.Ids.Count.ShouldBe(50);
        _ring.Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_batch_that_does_not_fill_goes_when_the_interval_is_over()
    {
        var batcher = Of(batchSize: 50, TimeSpan.FromMilliseconds(30));
        Push(10);
        var next = NextAsync(batcher);
        await LookAsync(5);
        next.IsCompleted.ShouldBeFalse();

        await LookAsync(2);

        (await Soon(next))!.Ids.Count.ShouldBe(10);
    }

    [Fact]
    public async Task What_was_given_back_is_the_next_and_is_told_when_let_go()
    {
        var batcher = Of(batchSize: 5, TimeSpan.Zero);
        Push(10);
        var first = await Soon(NextAsync(batcher));
        batcher.GiveBack(first!);

        (await Soon(NextAsync(batcher))).ShouldBeSameAs(first);
        batcher.DropUnsent().ShouldBe(0);
        batcher.GiveBack(first!);
        batcher.DropUnsent().ShouldBe(5);
        (await Soon(NextAsync(batcher)))!.Ids[0].ShouldBe("5");
    }

    [Fact]
    public async Task Stopped_it_takes_what_is_there_without_waiting_and_then_ends()
    {
        var batcher = Of(batchSize: 50, TimeSpan.FromSeconds(10));
        Push(10);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        (await Soon(batcher.NextAsync(Open, Full, stop.Token).AsTask()))!.Ids.Count.ShouldBe(10);
        (await Soon(batcher.NextAsync(Open, Full, stop.Token).AsTask())).ShouldBeNull();
        (await Soon(batcher.NextAsync(Task.CompletedTask, Full, CancellationToken.None).AsTask())).ShouldBeNull("nobody to send to");
    }

    private static (ValueEncoding Encoding, int Top) Full() => (ValueEncoding.Float32, 0);

    private static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromMinutes(1));

    private Batcher Of(int batchSize, TimeSpan flushInterval) => new(
        new MonitorClientOptions { Model = "m", Version = "1", ClassCount = 2, BatchSize = batchSize, FlushInterval = flushInterval }, _ring, _time);

    private static Task<PredictionBatch?> NextAsync(Batcher batcher) => batcher.NextAsync(Open, Full, CancellationToken.None).AsTask();

    private void Push(int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            _ring.TryPush([0.5f, 0.5f], $"{_ring.Pushed}", 0).ShouldBeTrue();
        }
    }

    /// <summary>Lets so many pauses of 5 ms pass, with what follows each.</summary>
    private async Task LookAsync(int pauses)
    {
        for (var i = 0; i < pauses; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }
    }
}
