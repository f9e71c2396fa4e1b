using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.CrashVictim;
using Microsoft.Extensions.Logging.Abstractions;

// A process that writes to a store until it is killed, and says on standard output what it is about to do and what was acknowledged.
// Arguments: database, directory for warming up, number of this life. Begins when a line comes in.
// Or: "failing-reads", database, preloaded library, number of reads that fail in a row.
const int Workers = 4;
if (args[0] == "failing-reads")
{
    await new FailingReads(args[1], args[2]).RunAsync(int.Parse(args[3]), Console.Out);
    return;
}

var (path, warmUp, life) = (args[0], args[1], int.Parse(args[2]));

// A process that has to compile its code first does little before it dies: on another database, so that each life is all work.
await RunAsync(Path.Combine(warmUp, "warm.db"), TextWriter.Null, operations: 30);
Console.WriteLine("ready");
if (Console.ReadLine() is null)
{
    return;
}

await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
await RunAsync(path, TextWriter.Synchronized(output), operations: int.MaxValue);

async Task RunAsync(string database, TextWriter journal, int operations)
{
    await using var store = await MonitorStore.OpenAsync(new StoreOptions { Path = database }, TimeProvider.System, NullLogger.Instance);
    await journal.WriteLineAsync($"open {store.Quarantined}");
    await Task.WhenAll(Enumerable.Range(0, Workers).Select(async w =>
    {
        var worker = new Worker(store, journal, w, life);
        await worker.LoadAsync();
        for (var i = 0; i < operations; i++)
        {
            await worker.StepAsync();
        }
    }));
}
