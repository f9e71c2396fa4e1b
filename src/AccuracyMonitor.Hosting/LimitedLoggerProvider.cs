using System.Collections.Concurrent;

namespace AccuracyMonitor.Hosting;

/// <summary>
/// At most <see cref="LinesPerMinute"/> lines a minute of each kind, which is a category, a level and an event id: no caller can fill a disk by what is
/// logged about it. One line a minute says how many others there were.
/// </summary>
[ProviderAlias("Console")]
internal sealed class LimitedLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    public const int LinesPerMinute = 30;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Category, LogLevel Level, int EventId), Kind> _kinds = new();
    private readonly ILoggerProvider _inner;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <param name="inner">Writes the lines; disposed with this.</param>
    /// <param name="time">Its monotonic time counts.</param>
    public LimitedLoggerProvider(ILoggerProvider inner, TimeProvider time)
    {
        (_inner, _time) = (inner, time);
        _timer = time.CreateTimer(_ => TellSuppressed(), state: null, Interval, Interval);
    }

    public ILogger CreateLogger(string categoryName) => new Limited(this, categoryName, _inner.CreateLogger(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => (_inner as ISupportExternalScope)?.SetScopeProvider(scopeProvider);

    public void Dispose()
    {
        _timer.Dispose();
        TellSuppressed();
        _inner.Dispose();
    }

    /// <summary>Writes a line for each kind of which lines were suppressed since the last call.</summary>
    internal void TellSuppressed()
    {
        foreach (var (key, kind) in _kinds)
        {
            if (kind.TakeSuppressed() is > 0 and var count)
            {
                HostingLog.LinesSuppressed(kind.Logger, count, key.EventId);
            }
        }
    }

    private bool TakesLine(string category, LogLevel level, EventId eventId, ILogger logger) =>
        _kinds.GetOrAdd((category, level, eventId.Id), static (_, l) => new Kind(l), logger).TryTake(_time);

    private sealed class Kind(ILogger logger)
    {
        private readonly Lock _gate = new();
        private long _began;
        private int _lines;
        private long _suppressed;

        public ILogger Logger => logger;

        public bool TryTake(TimeProvider time)
        {
            lock (_gate)
            {
                var now = time.GetTimestamp();
                if (_lines == 0 || time.GetElapsedTime(_began, now) >= Interval)
                {
                    (_began, _lines) = (now, 0);
                }

                if (_lines < LinesPerMinute)
                {
                    _lines++;
                    return true;
                }

                _suppressed++;
                return false;
            }
        }

        public long TakeSuppressed()
        {
            lock (_gate)
            {
                (var count, _suppressed) = (_suppressed, 0);
                return count;
            }
        }
    }

    private sealed class Limited(LimitedLoggerProvider owner, string category, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logger.IsEnabled(logLevel) && owner.TakesLine(category, logLevel, eventId, logger))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
