using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>Repeats one piece of work at an interval. A run that fails is logged, and the next one tries again.</summary>
/// <param name="work">What it does, as the log names it, such as "Writing window sums".</param>
internal abstract class PeriodicWorker(string work, TimeSpan interval, TimeProvider time, WorkFailures failures) : BackgroundService
{
    /// <summary>Does the work once.</summary>
    public abstract Task RunAsync(CancellationToken cancel);

    public WorkProgress Progress { get; } = new();

    protected TimeProvider Time => time;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <returns>False if the work failed, and the log says why.</returns>
    protected async Task<bool> TryAsync(CancellationToken cancel)
    {
        Progress.Begin();
        string? error = null;
        try
        {
            await RunAsync(cancel);
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
#pragma warning disable CA1031 // The next tick tries again; ending the worker would end the product.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e.Message;
            failures.Report("background", work, e);
            return false;
        }
        finally
        {
            Progress.End(error);
        }
    }
}
