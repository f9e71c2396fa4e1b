using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace AccuracyMonitor.Hosting;

/// <summary>Starts a worker again when an exception has ended it, after a pause that grows while it keeps failing. The host goes on meanwhile.</summary>
public sealed class Supervisor(BackgroundService worker, IWorkerRestarts restarts, TimeProvider time, ILogger<Supervisor> logger) : IHostedService, IDisposable
{
    public static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    private string Name => worker.GetType().Name;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await worker.StartAsync(cancellationToken);
        _watching = Task.Run(WatchAsync, CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await worker.StopAsync(cancellationToken);
        await _watching.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Waits for the end of the worker, or of the supervision.</summary>
    /// <returns>What ended the worker; null: it is done, or the host stops. A cancellation counts as a failure unless the host stops: the worker meant
    /// something of its own by it, such as a call that took too long.</returns>
    private async Task<Exception?> FailureAsync(Task running)
    {
        try
        {
            await running.WaitAsync(_stop.Token);
            return null;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // Whatever ended the worker, it is started again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    private async Task WatchAsync()
    {
        var pause = ShortestPause;
        while (!_stop.IsCancellationRequested && worker.ExecuteTask is { } running)
        {
            var started = time.GetTimestamp();
            if (await FailureAsync(running) is not { } failure)
            {
                return;
            }

            if (time.GetElapsedTime(started) > LongestPause)
            {
                pause = ShortestPause;
            }

            restarts.Restarted(Name);
            HostingLog.WorkerFailed(logger, Name, pause.TotalSeconds, failure);
            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
            if (!_stop.IsCancellationRequested)
            {
                await worker.StartAsync(_stop.Token);
            }
        }
    }
}

/// <summary>Counts workers that were started again.</summary>
public interface IWorkerRestarts
{
    void Restarted(string worker);
}

public static class SupervisorServices
{
    /// <summary>Adds a hosted service that is started again when it fails. The caller adds <see cref="IWorkerRestarts"/> and a clock.</summary>
    public static void AddSupervised<T>(this IServiceCollection services)
        where T : BackgroundService
    {
        services.TryAddSingleton<T>();
        services.AddSingleton<IHostedService>(s => new Supervisor(
            s.GetRequiredService<T>(), s.GetRequiredService<IWorkerRestarts>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<Supervisor>>()));
    }
}
