namespace AccuracyMonitor.Client.Tests;

public sealed class InFlightTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly InFlight _messages = new(limit: 1);
    private readonly SignalledTime _time = new();
    private readonly CancellationTokenSource _cancel = new();

    [Fact]
    public async Task Room_is_taken_at_once()
    {
        (await _messages.WaitAsync(Patience, _time, _cancel.Token)).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_an_answer_the_wait_ends_by_the_clock_that_was_given()
    {
        await _messages.WaitAsync(Patience, _time, _cancel.Token);

        var second = _messages.WaitAsync(Patience, _time, _cancel.Token);
        await _time.PassAsync(Patience);

        (await second).ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_makes_room_for_the_next_message()
    {
        await _messages.WaitAsync(Patience, _time, _cancel.Token);
        _messages.Taken(rows: 3);

        var second = _messages.WaitAsync(Patience, _time, _cancel.Token);
        second.IsCompleted.ShouldBeFalse();
        _messages.Answered().ShouldBe(3);

        (await second).ShouldBeTrue();
    }

    [Fact]
    public async Task A_cancelled_wait_is_no_time_out()
    {
        await _messages.WaitAsync(Patience, _time, _cancel.Token);

        var second = _messages.WaitAsync(Patience, _time, _cancel.Token);
        await _cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => second);
    }

    public void Dispose()
    {
        _messages.Dispose();
        _cancel.Dispose();
    }
}
