using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Tests;

internal class LogRecorder : ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Message)> Entries { get; } = [];

    public ConcurrentQueue<Exception> Exceptions { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Entries.Enqueue((logLevel, formatter(state, exception)));
        if (exception is not null)
        {
            Exceptions.Enqueue(exception);
        }
    }
}
