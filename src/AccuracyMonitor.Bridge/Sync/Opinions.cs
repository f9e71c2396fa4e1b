using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Tools;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>
/// Annotations of a task beside the one that is its label become second and third opinions of their annotators. Each step is in the journal after the queue
/// has acknowledged it, and may be repeated.
/// </summary>
internal sealed class Opinions(BridgeParts parts)
{
    /// <summary>Takes back what no annotation says any more. Before the label changes: who gave it gives no opinion about it.</summary>
    /// <param name="label">The annotation that is the label; null: none is.</param>
    public async Task WithdrawAsync(JournalItem item, ToolTask task, ToolAnnotation? label, CancellationToken cancel)
    {
        var offered = Offered(task, label).Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var (annotation, opinion) in parts.Journal.Opinions(item.Id).Where(o => !offered.Contains(o.Key)))
        {
            if (opinion.IsTaken)
            {
                // NOT_FOUND: the acknowledgement of an earlier call was lost, or somebody else took it back.
                var outcome = await parts.Queue.RetractOpinionAsync(item.Key, opinion.Annotator, cancel);
                parts.Counters.OpinionsRetracted += outcome.Code is OutcomeCode.Ok ? 1 : 0;
            }

            parts.Journal.RemoveOpinion(annotation);
        }
    }

    /// <summary>Gives those that the queue does not have yet, once the request has a label.</summary>
    /// <param name="label">The annotation that is the label; null: somebody gave it with another tool.</param>
    public async Task GiveAsync(JournalItem item, ToolTask task, ToolAnnotation? label, CancellationToken cancel)
    {
        var sent = parts.Journal.Opinions(item.Id);
        foreach (var annotation in Offered(task, label))
        {
            var said = ((ToolAnswer.Label)annotation.Answer).Class;
            if (sent.TryGetValue(annotation.Id, out var before) && before.Class == said)
            {
                continue;
            }

            var given = new GivenAnswer
            {
                Key = item.Key,
                Label = said,
                AsOpinion = true,
                Annotator = await parts.Tool.AnnotatorAsync(annotation.Annotator, cancel),
                Tool = parts.Tool.Name,
                AnsweredAt = annotation.Created,
                LeadTime = annotation.LeadTime,
            };
            var outcome = await parts.Queue.CompleteAsync(given, cancel);
            var taken = outcome.Code is OutcomeCode.Ok or OutcomeCode.Replaced or OutcomeCode.Unchanged;
            parts.Counters.Opinions += outcome.Code is OutcomeCode.Ok or OutcomeCode.Replaced ? 1 : 0;
            parts.Counters.SecondAnswers += taken ? 0 : 1;
            parts.Journal.SetOpinion(annotation.Id, item.Id, new SentOpinion(given.Annotator, said, taken));
        }
    }

    /// <summary>The first annotation with a class of each annotator but the label's.</summary>
    private static IEnumerable<ToolAnnotation> Offered(ToolTask task, ToolAnnotation? label) => task.Annotations
        .Where(a => a.Answer is ToolAnswer.Label && a.Annotator != label?.Annotator)
        .DistinctBy(a => a.Annotator, StringComparer.Ordinal);
}
