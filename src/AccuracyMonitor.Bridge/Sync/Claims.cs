using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>Says which item of the journal a task belongs to, and deletes doubles.</summary>
internal sealed class Claims(BridgeParts parts)
{
    /// <summary>How long a task may wait of which the end of its request is not known.</summary>
    private static readonly TimeSpan AdoptedLifetime = TimeSpan.FromDays(1);

    /// <returns>Null if the task is not this bridge's, is over, or is a double.</returns>
    public async Task<JournalItem?> FindAsync(ToolTask task, CancellationToken cancel)
    {
        if (task.Key is not { } key || !IsMine(key))
        {
            return null;
        }

        var item = parts.Journal.Find(key) ?? Adopt(key, task);
        if (item is null or { State: ItemState.Ending })
        {
            return null;
        }

        if (item.TaskId is null)
        {
            parts.Counters.Imported++;
            return Written(item with { TaskId = task.Id, State = item.State is ItemState.Done ? ItemState.Done : ItemState.Open });
        }

        if (item.TaskId == task.Id)
        {
            return item.State is ItemState.Wanted ? Written(item with { State = ItemState.Open }) : item;
        }

        return await DoubleAsync(item, task, cancel);
    }

    private bool IsMine(PredictionKey key) =>
        key.Model == parts.Options.Model && (parts.Options.Version.Length == 0 || key.Version == parts.Options.Version);

    /// <summary>A task of this bridge that the journal does not know: the journal is new, or was lost. Old ones are over, and are left alone
    /// whatever changes about them: the journal may have forgotten them.</summary>
    private JournalItem? Adopt(PredictionKey key, ToolTask task)
    {
        var now = parts.Time.GetUtcNow();
        if (task.Created < now - parts.Options.ForgetAfter)
        {
            return null;
        }

        parts.Journal.Lease([new JournalItem { Key = key, State = ItemState.Wanted, RequestExpires = now + AdoptedLifetime }]);
        return parts.Journal.Find(key);
    }

    /// <summary>A second task of one request: an import whose answer was lost was carried out late, after it was sent again. Only one that is read again
    /// right before, and has no annotation then, is deleted.</summary>
    private async Task<JournalItem?> DoubleAsync(JournalItem item, ToolTask task, CancellationToken cancel)
    {
        var kept = await parts.Tool.GetAsync(item.TaskId!, cancel);
        if (kept is null)
        {
            return Written(item with { TaskId = task.Id });
        }

        if (task.Annotations.Count == 0)
        {
            if (await parts.Tool.GetAsync(task.Id, cancel) is { Annotations.Count: 0 })
            {
                await DeleteAsync(task.Id, cancel);
            }

            return null;
        }

        if (kept.Annotations.Count == 0)
        {
            await DeleteAsync(kept.Id, cancel);
            return Written(item with { TaskId = task.Id });
        }

        parts.Counters.SecondAnswers += task.Annotations.Count(a => parts.Journal.Remember(a.Id, item.Id));
        return null;
    }

    private async Task DeleteAsync(string taskId, CancellationToken cancel)
    {
        BridgeLog.DoubledTask(parts.Logger, taskId);
        await parts.Tool.DeleteAsync([taskId], cancel);
        parts.Counters.DoublesDeleted++;
    }

    private JournalItem Written(JournalItem item)
    {
        parts.Journal.Update(item);
        return item;
    }
}
