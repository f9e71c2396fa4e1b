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

    /// <summary>One task that cannot be handled does not keep the others back.</summary>
    public async Task ApplyAsync(ToolTask task, CancellationToken cancel)
    {
        try
        {
            if (await _claims.FindAsync(task, cancel) is { } item)
            {
                await MoveAsync(item, task, cancel);
            }
        }
        catch (QueueException e) when (e.Refused)
        {
            parts.Counters.Refused++;
            BridgeLog.TaskFailed(parts.Logger, task.Id, e.Message);
        }
    }

    /// <summary>The tool does not have an item's task any more. A label that was given stays; a request that still waits is skipped, because leased again it
    /// would come back as a new task.</summary>
    public async Task GoneAsync(JournalItem item, CancellationToken cancel)
    {
        if (item.State == ItemState.Open && item.RequestExpires > parts.Time.GetUtcNow())
        {
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
            parts.Counters.SecondAnswers += annotation.Answer is not ToolAnswer.Unusable && annotation.Id != first?.Id ? 1 : 0;
        }

        await (first?.Answer switch
        {
            ToolAnswer.Label label => LabelAsync(item, first, label.Class, cancel),
            ToolAnswer.Skip skip => SkipAsync(item, skip.Reason, cancel),
            _ => NothingAsync(item, cancel),
        });
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

        if (item.Applied.Kind is AppliedKind.Label)
        {
            await RetractAsync(item, cancel);
        }

        var outcome = await parts.Queue.SkipAsync(item.Key, reason, cancel);
        parts.Counters.Skips += outcome.Code is OutcomeCode.Ok ? 1 : 0;
        parts.Journal.Update(item with { State = ItemState.Done, Applied = new Applied(AppliedKind.Skip), LeaseId = null });
    }

    /// <remarks>A skip cannot be taken back: only a label ends it.</remarks>
    private async Task NothingAsync(JournalItem item, CancellationToken cancel)
    {
        if (item.Applied.Kind is AppliedKind.Label)
        {
            await RetractAsync(item, cancel);
            parts.Journal.Update(item with { State = ItemState.Open, Applied = default, LeaseId = null });
        }
    }

    private async Task RetractAsync(JournalItem item, CancellationToken cancel)
    {
        var outcome = await parts.Queue.RetractAsync(item.Key, parts.Tool.Name, cancel);
        parts.Counters.Retracted += outcome.Code is OutcomeCode.Ok ? 1 : 0;
    }
}
