using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Capture.Tests.Tap;

public sealed class UnreachableLogTests
{
    private static readonly Uri Server = new("http://127.0.0.1:9000");

    [Fact]
    public void The_first_call_is_told_at_once_and_the_others_in_one_line_a_minute()
    {
        var (lines, time) = (new LogRecorder(), new FakeTimeProvider());
        var log = new UnreachableLog(lines, time);

        for (var second = 0; second <= 130; second++)
        {
            log.Write(Server, "Connection refused");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        lines.Entries.Select(e => e.Level).ShouldAllBe(l => l == LogLevel.Warning);
        lines.Entries.Select(e => e.Message.Split(' ')[0]).ShouldBe(["1", "60", "60"]);
        lines.Entries.ShouldAllBe(e => e.Message.Contains("http://127.0.0.1:9000/", StringComparison.Ordinal)
            && e.Message.Contains(": Connection refused", StringComparison.Ordinal));
    }

    [Fact]
    public void Calls_that_fail_at_a_time_are_each_counted_once()
    {
        var (lines, time) = (new LogRecorder(), new FakeTimeProvider());
        var log = new UnreachableLog(lines, time);

        Parallel.For(0, 10_000, i => log.Write(Server, "Connection refused"));
        time.Advance(UnreachableLog.Interval);
        log.Write(Server, "Connection refused");

        lines.Entries.Count.ShouldBe(2);
        lines.Entries.Sum(e => int.Parse(e.Message.Split(' ')[0])).ShouldBe(10_001);
    }
}
