using Microsoft.Extensions.Hosting;

namespace AccuracyMonitor.Client.Hosting;

/// <summary>
/// Connects when the application starts, and sends what is queued once every other service has stopped: the last requests are observed too.
/// </summary>
internal sealed class ClientLifetime(MonitorClient client) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.DisposeAsync().AsTask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host's time for shutting down is over; a monitor that does not answer must not hold it up.
        }
    }
}
