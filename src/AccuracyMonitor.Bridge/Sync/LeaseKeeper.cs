using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>Renews leases while their tasks live, also while the labelling tool is away.</summary>
internal sealed class LeaseKeeper(BridgeParts parts)
{
    private static readonly ItemState[] Kept = [ItemState.Wanted, ItemState.Open, ItemState.Held];

    public async Task RenewAsync(CancellationToken cancel)
    {
        var duration = parts.Options.LeaseDuration;
        var now = parts.Time.GetUtcNow();
        var due = now + (duration * 2 / 3);

        // A request does not expire while it is leased, so those at their end are let go.
        var leased = parts.Journal.InState(Kept).Where(i => i.LeaseId is not null && i.LeaseExpires < due && i.RequestExpires > now);
        foreach (var items in leased.Chunk(LabelQueue.MaxItems))
        {
            var outcomes = await parts.Queue.ExtendAsync(items.Select(i => i.LeaseId!), cancel);
            parts.Journal.Update([.. items.Zip(outcomes, (item, outcome) => After(item, outcome.Code, now + duration))]);
        }
    }

    private JournalItem After(JournalItem item, OutcomeCode code, DateTimeOffset expires)
    {
        switch (code)
        {
            case OutcomeCode.Ok:
                return item with { LeaseExpires = expires };
            case OutcomeCode.AlreadyAnswered when item.TaskId is not null:
                return item with { State = ItemState.Ending };
            case OutcomeCode.AlreadyAnswered when item.PostedAt is null:
                return item with { State = ItemState.Ended, LeaseId = null };
            case OutcomeCode.AlreadyAnswered:
                // Its task may exist: once that is found, the next renewal ends it.
                return item;
            default:
                parts.Counters.LeasesLost++;
                return item with { LeaseId = null };
        }
    }
}
