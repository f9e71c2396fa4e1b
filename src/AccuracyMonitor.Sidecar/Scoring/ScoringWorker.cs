using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Queueing;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Scoring;

/// <summary>
/// The one loop that scores, samples and counts. It takes what waits, up to a bound, and never waits for a batch to fill: alone, a batch is
/// scored at once; under load, batches of many callers are scored together.
/// </summary>
internal sealed class ScoringWorker(
    ScoringQueue queue, MicroBatchProcessor processor, IOptions<ScoringOptions> options, AccuracyMonitorMetrics metrics,
    InternalErrorCounter errors, ILogger<ScoringWorker> logger)
    : BackgroundService
{
    private readonly int _maxRows = options.Value.MicroBatchRows;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(RunAsync, CancellationToken.None);

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
        List<ScoreBatch> together = [];
        ScoreBatch? next = null;
        while (next is not null || await queue.Reader.WaitToReadAsync())
        {
            next = Collect(together, next);
            if (together.Count > 0)
            {
                // Else only where a stop lets batches go on before their version's windows have been read back.
                if (!together[0].Model.IsRestored)
                {
                    await together[0].Model.Restored;
                }

                queue.Progress.Begin();
                Process(together);
                queue.Progress.End();
                together.Clear();
            }
        }
    }

    /// <summary>Fills <paramref name="together"/> with waiting batches of one model and width, in order.</summary>
    /// <returns>The first batch that did not fit.</returns>
    private ScoreBatch? Collect(List<ScoreBatch> together, ScoreBatch? first)
    {
        var rows = 0;
        var next = first;
        while (next is not null || queue.Reader.TryRead(out next))
        {
            if (together.Count > 0 && (next.Model != together[0].Model || next.Width != together[0].Width || rows + next.Rows > _maxRows))
            {
                return next;
            }

            together.Add(next);
            rows += next.Rows;
            queue.Taken(next);
            next = null;
        }

        return null;
    }

    private void Process(List<ScoreBatch> together)
    {
        try
        {
            processor.Process(together);
        }
#pragma warning disable CA1031 // One batch that can't be scored must not end the loop: its callers are told, and it is counted.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var id = ErrorId.New();
            errors.Count("scoring");
            SidecarLog.ScoringFailed(logger, together[0].Model.Key.ToString(), id, e);
            foreach (var batch in together)
            {
                metrics.Dropped("scoring_failed", batch.Rows);
                batch.ReleaseValues();
                batch.Done.TrySetException(new ScoringFailedException(id));
            }
        }
    }
}
