using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Hosting.Tests;

public sealed class LimitedLoggerProviderTests : IDisposable
{
    private readonly Lines _lines = new();
    private readonly SteppedTime _time = new();

    [Fact]
    public void A_flood_of_one_kind_leaves_thirty_lines_a_minute_and_one_that_counts_the_others()
    {
        using var provider = new LimitedLoggerProvider(_lines, _time);
        var logger = provider.CreateLogger("intake");
        Log(logger, 7, 100_000);
        _lines.Written.Count.ShouldBe(30);
        provider.TellSuppressed();
        _lines.Written[^1].ShouldBe("99970 more lines of event 7 were not written: more than 30 a minute");

        _time.Now += TimeSpan.FromMinutes(1).Ticks;
        Log(logger, 7, 1);
        _lines.Written.Count.ShouldBe(32);
        provider.TellSuppressed();
        _lines.Written.Count.ShouldBe(32);
    }

    [Fact]
    public void A_flood_of_one_kind_suppresses_no_line_of_another()
    {
        using var provider = new LimitedLoggerProvider(_lines, _time);
        Log(provider.CreateLogger("intake"), 7, 1000);
        Log(provider.CreateLogger("intake"), 8, 1);
        Log(provider.CreateLogger("store"), 7, 1);
        _lines.Written.Count.ShouldBe(32);
    }

    [Fact]
    public void A_flood_of_one_level_suppresses_no_line_of_another()
    {
        using var provider = new LimitedLoggerProvider(_lines, _time);
        var logger = provider.CreateLogger("library");
        Log(logger, 0, 1000, LogLevel.Information);
        Log(logger, 0, 1, LogLevel.Critical);
        _lines.Written.Count.ShouldBe(31);
    }

    [Fact]
    public void One_timer_serves_every_category()
    {
        using var provider = new LimitedLoggerProvider(_lines, _time);
        _time.Timers.ShouldBe(1);
        provider.CreateLogger("intake");
        provider.CreateLogger("store");
        _time.Timers.ShouldBe(1);
    }

    public void Dispose() => _lines.Dispose();

    private static void Log(ILogger logger, int id, int times, LogLevel level = LogLevel.Error)
    {
        for (var i = 0; i < times; i++)
        {
            logger.Log(level, new EventId(id), "line", exception: null, static (s, _) => s);
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    private sealed class SteppedTime : TimeProvider
    {
        public long Now { get; set; }

        public int Timers { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
