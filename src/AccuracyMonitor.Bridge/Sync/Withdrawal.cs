using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>Deletes tasks whose request was answered elsewhere or has expired. A task that has an annotation stays.</summary>
internal sealed class Withdrawal(BridgeParts parts, Reconciler reconciler)
{
    private const int Batch = 100;

    public async Task WithdrawAsync(CancellationToken cancel)
    {
        var now = parts.Time.GetUtcNow();
        await EndAsync(
            [
                .. parts.Journal.InState([ItemState.Held, ItemState.Wanted])
                    .Where(i => i.RequestExpires <= now && (i.PostedAt is null || now - i.PostedAt >= parts.Options.ImportGrace)),
            ],
            cancel);
        var over = parts.Journal.InState([ItemState.Open, ItemState.Ending]).Where(i => i.State == ItemState.Ending || i.RequestExpires <= now);
        foreach (var items in over.Chunk(Batch))
        {
            List<JournalItem> empty = [];
            foreach (var item in items)
            {
                if (await IsEmptyAsync(item, cancel))
                {
                    empty.Add(item);
                }
            }

            if (empty.Count > 0)
            {
                await parts.Tool.DeleteAsync([.. empty.Select(i => i.TaskId!)], cancel);
                await EndAsync(empty, cancel);
                parts.Counters.Withdrawn += empty.Count;
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

    private async Task<bool> IsEmptyAsync(JournalItem item, CancellationToken cancel)
    {
        var task = await parts.Tool.GetAsync(item.TaskId!, cancel);
        if (task is null)
        {
            await reconciler.GoneAsync(item, cancel);
            return false;
        }

        if (task.Annotations.Count == 0)
        {
            return true;
        }

        if (item.State == ItemState.Open)
        {
            // An answer after the request's end is still taken. Where there is none to take, a later change of the annotation may be one.
            await reconciler.ApplyAsync(task, cancel);
            if (parts.Journal.FindById(item.Id) is { State: ItemState.Open } still)
            {
                parts.Journal.Update(still with { State = ItemState.Done, LeaseId = null });
            }
        }
        else
        {
            // Somebody else answered first. His answer is the label; this one stays where it was given.
            parts.Journal.Update(item with { State = ItemState.Done, Applied = Applied.AnsweredElsewhere, LeaseId = null });
            parts.Counters.SecondAnswers++;
        }

        return false;
    }
}
