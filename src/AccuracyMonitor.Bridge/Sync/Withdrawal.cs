using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>Deletes tasks whose request was answered elsewhere or has expired. A task that has an annotation stays.</summary>
internal sealed class Withdrawal(BridgeParts parts, Reconciler reconciler)
{
    public async Task WithdrawAsync(CancellationToken cancel)
    {
        var now = parts.Time.GetUtcNow();
        await EndAsync(
            [
                .. parts.Journal.InState([ItemState.Held, ItemState.Wanted])
                    .Where(i => i.RequestExpires <= now && (i.PostedAt is null || now - i.PostedAt >= parts.Options.ImportGrace)),
            ],
            cancel);
        foreach (var item in parts.Journal.InState([ItemState.Open, ItemState.Ending]).Where(i => i.State == ItemState.Ending || i.RequestExpires <= now))
        {
            // Each is deleted right after it was looked at: an annotation that arrives in between is lost with its task.
            if (await reconciler.EndAsync(item, cancel))
            {
                await EndAsync([item], cancel);
                parts.Counters.Withdrawn++;
            }
        }
    }

    /// <summary>Lets the leases go, so that the requests expire.</summary>
    private async Task EndAsync(IReadOnlyCollection<JournalItem> items, CancellationToken cancel)
    {
        foreach (var leases in items.Select(i => i.LeaseId).OfType<string>().Chunk(LabelQueue.MaxItems))
        {
            await parts.Queue.ReleaseAsync(leases, cancel);
        }

        parts.Journal.Update([.. items.Select(i => i with { State = ItemState.Ended, TaskId = null, LeaseId = null })]);
    }
}
