using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Truth;

/// <summary>Writes the predictions that wait in the buffer into the store. Safe for many callers: one writes at a time.</summary>
internal sealed class TruthWriter(TruthBuffer buffer, MonitorStore store, ModelRegistry registry) : IDisposable
{
    private const int AtOnce = 1000;

    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>
    /// Writes what waits. What cannot be written waits again. Whoever deletes predictions from the store calls this first: what was predicted before is
    /// then in the store, and none of it comes after the deletion. Predictions of a version that was removed are left out.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var waiting = buffer.Take().Where(p => registry.TryGet(p.Key, out _)).ToArray();
            var written = 0;
            try
            {
                foreach (var chunk in waiting.Chunk(AtOnce))
                {
                    await store.Truth.RememberAsync(chunk, CancellationToken.None);
                    written += chunk.Length;
                }
            }
            finally
            {
                if (written < waiting.Length)
                {
                    buffer.PutBack(waiting[written..]);
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
