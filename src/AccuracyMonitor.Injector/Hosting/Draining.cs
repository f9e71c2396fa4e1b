using AccuracyMonitor.Injector.Observability;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Hosting;

/// <summary>
/// Between SIGTERM and the end of listening: Kubernetes takes a pod out of its Service and stops it at the same time, so requests still come, and one
/// that is refused costs a pod its sidecar.
/// </summary>
internal sealed class Draining(IOptions<ListenOptions> options, TimeProvider time, ILogger<Draining> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _delayOver = new();
    private volatile bool _stopping;

    public bool IsDraining => _stopping;

    /// <summary>Cancelled once the delay is over: from then on connections may be ended.</summary>
    public CancellationToken DelayOver => _delayOver.Token;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before any service is stopped, the web server among them.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        if (options.Value.DrainDelay > TimeSpan.Zero)
        {
            InjectorLog.Draining(logger, options.Value.DrainDelay);
            await Task.Delay(options.Value.DrainDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _delayOver.CancelAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _delayOver.Dispose();
}
