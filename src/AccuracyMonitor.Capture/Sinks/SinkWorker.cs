using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>Processes queued events, and expires unmatched requests and responses while the sink is idle.</summary>
internal sealed class SinkWorker(
    SinkQueue queue, SinkProcessor processor, EventTee tee, ICaptureMetrics metrics, TimeProvider time, ILogger<SinkWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMilliseconds(100);

    private readonly LogLimiter _defects = new(time, TimeSpan.FromMinutes(1));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var expiry = time.CreateTimer(_ => processor.Expire(), state: null, ExpiryInterval, ExpiryInterval);
        await Task.Run(RunAsync, CancellationToken.None);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Close();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        await foreach (var received in queue.Reader.ReadAllAsync())
        {
            queue.Progress.Begin();
            var isNew = true;
            try
            {
                isNew = processor.Process(received);
            }
#pragma warning disable CA1031 // One event that meets a defect of ours must not end the loop: it is counted, and the log has the exception.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (_defects.Count() is > 0 and var count)
                {
                    CaptureLog.EventFailed(logger, count, e);
                }

                metrics.CaptureFailed(SinkProcessor.Source, CaptureFailure.DecoderFailed.Reason(), 1);
                metrics.Defects(1);
            }
            finally
            {
                tee.Offer(isNew ? received.Tee : null, received.Body);
                received.Body.Release();
                queue.Progress.End();
            }
        }
    }
}
