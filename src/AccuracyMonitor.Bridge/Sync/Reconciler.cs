using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Tools;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>
/// Brings what the queue has of one request to what its task says now. The same task may come any number of times, in any order, and after a crash:
/// the journal says what the queue has acknowledged, and every call to the queue may be repeated.
/// </summary>
internal sealed class Reconciler(BridgeParts parts)
{
    private const string TaskDeleted = "its task was deleted in the labelling tool";

    private readonly Claims _claims = new(parts);
    private readonly Opinions _opinions = new(parts);

    /// <summary>Takes a task as it was read.</summary>
    public Task ApplyAsync(ToolTask task, CancellationToken cancel) => GuardAsync(task.Id, async () =>
    {
        if (await _claims.FindAsync(task, cancel) is { } item)
        {
            await MoveAsync(item, task, cancel);
        }
    });

    /// <summary>Reads a task that the journal knows, and takes it.</summary>
    public Task FollowAsync(JournalItem item, CancellationToken cancel) => GuardAsync(item.TaskId!, async () =>
    {
        if (await parts.Tool.GetAsync(item.TaskId!, cancel) is not { } task)
        {
            await GoneAsync(item, cancel);
        }
        else if (await _claims.FindAsync(task, cancel) is { } claimed)
        {
            await MoveAsync(claimed, task, cancel);
        }
    });

    /// <summary>Reads the task of a request that is over. One without an annotation is deleted. An answer after the request's end is still taken, unless
    /// somebody answered elsewhere; where there is none to take, a later change of the annotation may be one.</summary>
    /// <returns>Whether the task was deleted.</returns>
    public async Task<bool> EndAsync(JournalItem item, CancellationToken cancel)
    {
        var deleted = false;
        await GuardAsync(item.TaskId!, async () =>
        {
            if (await parts.Tool.GetAsync(item.TaskId!, cancel) is not { } task)
            {
                await GoneAsync(item, cancel);
            }
            else if (task.Annotations.Count == 0)
            {
                await parts.Tool.DeleteAsync([task.Id], cancel);
                deleted = true;
            }
            else
            {
                await MoveAsync(item, task, cancel);
                if (parts.Journal.FindById(item.Id) is { State: ItemState.Open or ItemState.Ending } still)
                {
                    parts.Journal.Update(still with { State = ItemState.Done, LeaseId = null });
                }
            }
        });
        return deleted;
    }

    /// <summary>One task that cannot be handled does not keep the others back. The next sweep tries it again.</summary>
    private async Task GuardAsync(string task, Func<Task> handle)
    {
        try
        {
            await handle();
        }
        catch (Exception e) when (e is QueueException { OfItem: true } or ToolException { Failure: ToolFailure.Refused })
        {
            parts.Counters.Refused++;
            BridgeLog.TaskFailed(parts.Logger, task, e.Message);
        }
    }

    /// <summary>The tool does not have an item's task any more. A label that was given stays; a request that still waits is skipped, because leased again it
    /// would come back as a new task. A skip cannot be taken back, so one answer "not found" is not believed: the request's tasks are looked for.</summary>
    private async Task GoneAsync(JournalItem item, CancellationToken cancel)
    {
        if (item.State == ItemState.Open && item.RequestExpires > parts.Time.GetUtcNow())
        {
            await foreach (var task in parts.Tool.FindAsync([item.Key.PredictionId], cancel))
            {
                if (task.Key == item.Key)
                {
                    parts.Journal.Update(item with { TaskId = task.Id });
                    return;
                }
            }

            var outcome = await parts.Queue.SkipAsync(item.Key, TaskDeleted, cancel);
            parts.Counters.Skips += outcome.Code is OutcomeCode.Ok ? 1 : 0;
        }

        parts.Journal.Update(item with { TaskId = null, State = item.State == ItemState.Done ? ItemState.Done : ItemState.Ended, LeaseId = null });
    }

    private async Task MoveAsync(JournalItem item, ToolTask task, CancellationToken cancel)
    {
        var first = task.Annotations.FirstOrDefault(a => a.Answer is ToolAnswer.Label) ?? task.Annotations.FirstOrDefault(a => a.Answer is ToolAnswer.Skip);
        foreach (var annotation in task.Annotations.Where(a => parts.Journal.Remember(a.Id, item.Id)))
        {
            parts.Counters.Unusable += annotation.Answer is ToolAnswer.Unusable ? 1 : 0;
            parts.Counters.SecondAnswers += annotation.Answer is ToolAnswer.Skip && annotation.Id != first?.Id ? 1 : 0;
        }

        var elsewhere = item.Applied == Applied.AnsweredElsewhere;
        await _opinions.WithdrawAsync(item, task, elsewhere ? null : first, cancel);
        await (first?.Answer switch
        {
            ToolAnswer.Label label => LabelAsync(item, first, label.Class, cancel),
            ToolAnswer.Skip skip => SkipAsync(item, skip.Reason, cancel),
            _ => NothingAsync(item, cancel),
        });
        if (parts.Journal.FindById(item.Id) is { Applied: var applied } && (applied.Kind is AppliedKind.Label || applied == Applied.AnsweredElsewhere))
        {
            await _opinions.GiveAsync(item, task, applied.Kind is AppliedKind.Label ? first : null, cancel);
        }
    }

    private async Task LabelAsync(JournalItem item, ToolAnnotation annotation, int label, CancellationToken cancel)
    {
        var wanted = new Applied(AppliedKind.Label, label);
        if (item.Applied == wanted || item.Applied == Applied.AnsweredElsewhere || item.Applied == new Applied(AppliedKind.Refused, label))
        {
            return;
        }

        var answer = new GivenAnswer
        {
            Key = item.Key,
            Label = label,
            Annotator = await parts.Tool.AnnotatorAsync(annotation.Annotator, cancel),
            Tool = parts.Tool.Name,
            AnsweredAt = annotation.Created,
            LeadTime = annotation.LeadTime,
        };
        if (await IsElsewhereAsync(item, label, cancel))
        {
            return;
        }

        var outcome = await parts.Queue.CompleteAsync(answer, cancel);
        if (outcome.Code is OutcomeCode.Ok or OutcomeCode.Replaced or OutcomeCode.Unchanged)
        {
            parts.Counters.Labels += outcome.Code is OutcomeCode.Unchanged ? 0 : 1;
        }
        else
        {
            wanted = new Applied(AppliedKind.Refused, label);
            parts.Counters.Refused++;
            BridgeLog.AnswerRefused(parts.Logger, item.TaskId!, outcome.Code);
        }

        parts.Journal.Update(item with { State = ItemState.Done, Applied = wanted, LeaseId = null });
    }

    /// <remarks>A label that becomes a skip is taken back first.</remarks>
    private async Task SkipAsync(JournalItem item, string reason, CancellationToken cancel)
    {
        if (item.Applied.Kind is AppliedKind.Skip or AppliedKind.Refused)
        {
            return;
        }

        if (item.Applied.Kind is AppliedKind.Label && !await RetractAsync(item, cancel))
        {
            return;
        }

        var outcome = await parts.Queue.SkipAsync(item.Key, reason, cancel);
        parts.Counters.Skips += outcome.Code is OutcomeCode.Ok ? 1 : 0;
        parts.Journal.Update(item with { State = ItemState.Done, Applied = new Applied(AppliedKind.Skip), LeaseId = null });
    }

    /// <remarks>A skip cannot be taken back: only a label ends it.</remarks>
    private async Task NothingAsync(JournalItem item, CancellationToken cancel)
    {
        if (item.Applied.Kind is AppliedKind.Label && await RetractAsync(item, cancel))
        {
            parts.Journal.Update(item with { State = ItemState.Open, Applied = default, LeaseId = null });
        }
    }

    /// <returns>False if the label is somebody else's by now, and stays.</returns>
    private async Task<bool> RetractAsync(JournalItem item, CancellationToken cancel)
    {
        if (await IsElsewhereAsync(item, item.Applied.Class, cancel))
        {
            return false;
        }

        var outcome = await parts.Queue.RetractAsync(item.Key, parts.Tool.Name, cancel);
        parts.Counters.Retracted += outcome.Code is OutcomeCode.Ok ? 1 : 0;
        return true;
    }

    /// <summary>
    /// Whether the queue has a label that neither the journal nor the annotation accounts for: somebody gave it with another tool, and the bridge neither
    /// replaces nor retracts it. The same class counts as the bridge's own: the acknowledgement may have been lost.
    /// </summary>
    private async Task<bool> IsElsewhereAsync(JournalItem item, int label, CancellationToken cancel)
    {
        var check = new GivenAnswer
        {
            Key = item.Key,
            Label = item.Applied.Kind is AppliedKind.Label ? item.Applied.Class : label,
            Annotator = parts.Tool.Name,
            Tool = parts.Tool.Name,
            AnsweredAt = parts.Time.GetUtcNow(),
            LeadTime = null,
        };
        if ((await parts.Queue.CheckAsync(check, cancel)).Code is not OutcomeCode.Replaced)
        {
            return false;
        }

        parts.Journal.Update(item with { State = ItemState.Done, Applied = Applied.AnsweredElsewhere, LeaseId = null });
        return true;
    }
}
