using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>
/// Loads monitor files, one at a time, so that the memory for loading is needed once and not for each version that starts or for each call.
/// </summary>
/// <param name="limit">Longest time that a caller waits (Scoring:MonitorLoadTimeout).</param>
internal sealed class MonitorLoader(ScorerOptions scoring, TimeSpan limit, TimeProvider time, ILogger<MonitorLoader> logger) : IDisposable
{
    private readonly Lock _loading = new();
    private readonly SemaphoreSlim _calls = new(1, 1);

    /// <exception cref="MonitorFileException">The file is damaged, foreign, for another number of classes, or beyond the bounds of Scoring:MaxMonitorBytes
    /// and Scoring:MaxMonitorFlops.</exception>
    public EnsembleScorer Load(byte[] onnx, int? classCount)
    {
        lock (_loading)
        {
            return EnsembleScorer.Load(onnx, scoring with { ClassCount = classCount }, logger);
        }
    }

    /// <summary>Loads for a caller who waits, on a thread that is not the caller's; other callers wait meanwhile.</summary>
    /// <param name="load">Calls <see cref="Load"/>.</param>
    /// <exception cref="BusyException">Others were loaded all the time.</exception>
    /// <exception cref="MonitorFileException">As <see cref="Load"/>, or it took longer than Scoring:MonitorLoadTimeout.</exception>
    public async Task<MonitorLease> LoadAsync(Func<MonitorLease> load)
    {
        if (!await _calls.WaitAsync(limit))
        {
            throw new BusyException(
                "MONITORS_LOADING", $"Other monitors have been loading for {limit.TotalSeconds:0} s (Scoring:MonitorLoadTimeout). Try again later.");
        }

        var loading = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return load();
                }
                finally
                {
                    _calls.Release();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return await loading.WaitAsync(limit, time);
        }
        catch (TimeoutException e)
        {
            _ = loading.ContinueWith(static late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            throw new MonitorFileException(
                $"Monitor file: it was not loaded within {limit.TotalSeconds:0} s (Scoring:MonitorLoadTimeout). Train a smaller monitor, or raise the setting.",
                e);
        }
    }

    public void Dispose() => _calls.Dispose();
}
