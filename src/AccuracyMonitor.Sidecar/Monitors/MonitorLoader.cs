using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>Loads a monitor file.</summary>
/// <param name="onnx">The file.</param>
/// <param name="classCount">K; null: as the file says.</param>
/// <exception cref="MonitorFileException">The file is damaged, foreign, for another number of classes, or beyond the bounds of Scoring:MaxMonitorBytes
/// and Scoring:MaxMonitorFlops.</exception>
internal delegate EnsembleScorer LoadScorer(byte[] onnx, int? classCount);

/// <summary>
/// Loads monitor files, one at a time, so that the memory for loading is needed once and not for each version that starts or for each call.
/// </summary>
/// <param name="limit">Longest time that a caller waits for its turn, and then for its own file (Scoring:MonitorLoadTimeout).</param>
internal sealed class MonitorLoader(ScorerOptions scoring, TimeSpan limit, TimeProvider time, ILogger<MonitorLoader> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Loads on the caller's thread, when the loads of others are done.</summary>
    /// <exception cref="BusyException">Others were loaded all the time.</exception>
    /// <exception cref="MonitorFileException">As <see cref="LoadScorer"/>.</exception>
    public EnsembleScorer Load(byte[] onnx, int? classCount)
    {
        using var patience = new CancellationTokenSource(limit, time);
        try
        {
            _turn.Wait(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw Busy();
        }

        try
        {
            return LoadNow(onnx, classCount);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Loads for a caller who waits, on a thread that is not the caller's; other callers wait meanwhile.</summary>
    /// <param name="load">Gets what loads a file.</param>
    /// <exception cref="BusyException">Others were loaded all the time.</exception>
    /// <exception cref="MonitorFileException">As <see cref="LoadScorer"/>, or it took longer than Scoring:MonitorLoadTimeout.</exception>
    public async Task<MonitorLease> LoadAsync(Func<LoadScorer, MonitorLease> load)
    {
        using (var patience = new CancellationTokenSource(limit, time))
        {
            try
            {
                await _turn.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw Busy();
            }
        }

        var loading = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return load(LoadNow);
                }
                finally
                {
                    _turn.Release();
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

    public void Dispose() => _turn.Dispose();

    private EnsembleScorer LoadNow(byte[] onnx, int? classCount) => EnsembleScorer.Load(onnx, scoring with { ClassCount = classCount }, logger);

    private BusyException Busy() => new(
        "MONITORS_LOADING", $"Other monitors have been loading for {limit.TotalSeconds:0} s (Scoring:MonitorLoadTimeout). Try again later.");
}
