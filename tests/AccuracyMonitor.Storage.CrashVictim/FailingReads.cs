using System.Globalization;
using System.Runtime.InteropServices;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Storage.CrashVictim;

/// <summary>
/// Opens a store again and again while a run of its reads fails: at each opening one read later, until no read is left to fail. Says what
/// came of each opening. The library that makes reads fail must be preloaded into this process.
/// </summary>
internal sealed class FailingReads(string database, string library)
{
    private readonly FailReads _fail = Export<FailReads>(library, "fail_reads");
    private readonly ReadsSeen _seen = Export<ReadsSeen>(library, "reads_seen");

    private delegate void FailReads(long first, long count);

    private delegate long ReadsSeen();

    /// <param name="failures">Reads that fail in a row.</param>
    /// <param name="said">One line for each opening: number of the first read that failed, outcome, requests that wait.</param>
    public async Task RunAsync(int failures, TextWriter said)
    {
        var reached = true;
        for (var first = 0L; reached; first++)
        {
            _fail(first, failures);
            var outcome = await OpenAsync();
            reached = _seen() > first;
            _fail(-1, 0);
            await said.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{first} {outcome}"));
        }
    }

    private static T Export<T>(string library, string name) =>
        Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(NativeLibrary.Load(library), name));

    private async Task<string> OpenAsync()
    {
        MonitorStore? store = null;
        try
        {
            var options = new StoreOptions { Path = database, RecheckDelay = TimeSpan.FromMilliseconds(1) };
            store = await MonitorStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance);
            await store.ExpireAsync(DateTimeOffset.UnixEpoch);
            var waiting = (await store.CountsAsync()).Waiting;
            return string.Create(CultureInfo.InvariantCulture, $"{Quarantine(store)}opened {waiting}");
        }
        catch (StoreException e)
        {
            return $"{Quarantine(store)}refused {e.Message}";
        }
        finally
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }
        }
    }

    private static string Quarantine(MonitorStore? store) => store?.Quarantined is { } aside ? $"quarantined {aside} " : "";
}
