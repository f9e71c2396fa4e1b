using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Logging;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Writing;

public sealed class ReopeningTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_file_that_another_process_keeps_while_it_is_reopened_fails_the_writes_and_the_writer_goes_on()
    {
        FileStream? kept = null;
        var log = new Listener("was set aside", () => kept ??= new FileStream(_disk.DatabasePath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));
        await using (var filling = await _disk.OpenAsync())
        {
            await filling.EnqueueAsync([.. Enumerable.Range(0, 500).Select(i => Request($"r{i}"))], []);
        }

        // Without a check at start the damage is met at work.
        await using var store = await _disk.OpenAsync(_disk.Options with { IntegrityCheckLimit = TimeSpan.Zero }, log);
        await DamageAsync();

        // Damage is met by this write; opening a fresh database in the place of the damaged one is refused with an IOException.
        await Should.ThrowAsync<StoreException>(() => store.EnqueueAsync([.. Enumerable.Range(0, 100).Select(i => Request($"r{i * 5}x"))], []));
        kept.ShouldNotBeNull();
        (await Should.ThrowAsync<StoreException>(() => store.EnqueueAsync([Request("b")], []))).Message.ShouldContain(_disk.DatabasePath);

        await kept.DisposeAsync();
        File.Delete(_disk.DatabasePath);
        (await store.EnqueueAsync([Request("c")], [])).ShouldBe([RequestOutcome.Created]);
        store.Counters.WritesWaiting.ShouldBe(0);
        store.Counters.WritesFailed.ShouldBe(2);
    }

    public void Dispose() => _disk.Dispose();

    private async Task DamageAsync()
    {
        const int Kept = 2 * 4096;
        await using var file = new FileStream(_disk.DatabasePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = Kept;
        var noise = new byte[file.Length - Kept];
        new Random(5).NextBytes(noise);
        await file.WriteAsync(noise);
    }

    /// <summary>Does something when a message is logged: the only place between setting a database aside and opening the next.</summary>
    private sealed class Listener(string message, Action heard) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).Contains(message, StringComparison.Ordinal))
            {
                heard();
            }
        }
    }
}
