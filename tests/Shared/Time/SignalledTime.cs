using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Tests;

/// <summary>A clock that a test moves once somebody waits for it.</summary>
internal sealed class SignalledTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Moves the clock by the next wait that begins with this length.</summary>
    public async Task PassAsync(TimeSpan wait)
    {
        while (await _waits.Reader.ReadAsync() != wait)
        {
            // Of something else.
        }

        Advance(wait);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }
}
