using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>Keeps inputs with their label requests, within the bounds, and counts those that are missing.</summary>
internal sealed class InputStore(MonitorStore store, InputLimits limits, InputMetrics metrics, AgreedClock clock)
{
    private const int AtOnce = 1000;
    private const int MaxPieces = 20;

    public int MaxBytes => limits.MaxBytes;

    /// <summary>Durable when the task completes.</summary>
    public async Task<AttachOutcome> AttachAsync(ModelKey key, string predictionId, StoredInput input, Actor by)
    {
        if (input.Content.Length > MaxBytes)
        {
            metrics.Missing(InputMetrics.TooLarge);
            return AttachOutcome.TooLarge;
        }

        // Not cancelled by a client that goes: an input once received is kept, and sending it again changes nothing.
        var outcome = await store.Inputs.AttachAsync(key, predictionId, input, limits.MaxTotalBytes, new Origin(by, clock.Read().Now), CancellationToken.None);
        switch (outcome)
        {
            case AttachOutcome.Attached or AttachOutcome.Replaced:
                metrics.Attached();
                break;
            case AttachOutcome.Full:
                metrics.Missing(InputMetrics.StoreFull);
                break;
        }

        return outcome;
    }

    /// <param name="by">Subject of who asks.</param>
    public Task<StoredInput?> FindAsync(ModelKey key, string predictionId, string by, CancellationToken cancel) =>
        store.Inputs.FindAsync(key, predictionId, by, cancel);

    /// <param name="reason">One of those in <see cref="InputMetrics"/>.</param>
    /// <param name="count">Predictions.</param>
    public void CountMissing(string reason, int count) => metrics.Missing(reason, count);

    /// <summary>Counts requests that are handed out without anything to look at, each once.</summary>
    public void CountMissing(IEnumerable<LeasedRequest> leased)
    {
        foreach (var _ in leased.Where(static l => l is { Attempt: 1, Input: null, Request.InputReference: "" }))
        {
            metrics.Missing(InputMetrics.NeverAttached);
        }
    }

    /// <summary>Deletes what is beyond the bounds. In pieces, between which other writes are let through.</summary>
    public async Task PruneAsync(DateTimeOffset now)
    {
        var more = true;
        for (var piece = 0; more && piece < MaxPieces; piece++)
        {
            more = (await store.Inputs.PruneAsync(limits.At(now), AtOnce)).Total > 0;
        }

        metrics.Totals(await store.Inputs.TotalsAsync(), limits.MaxTotalBytes);
    }
}
