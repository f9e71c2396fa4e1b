using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.V1;
using Google.Protobuf.Collections;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Turns a scored batch into per-item answers, in row order.</summary>
internal static class ResponseMapping
{
    /// <param name="parsed">A batch that was not refused, and is done.</param>
    /// <param name="brief">Leave out items that were accepted without a request.</param>
    /// <param name="items">Receives the answers.</param>
    /// <returns>Rows accepted (duplicates included) and rejected.</returns>
    public static (uint Accepted, uint Rejected) Write(ParsedBatch parsed, bool brief, RepeatedField<ItemResult> items)
    {
        var batch = parsed.Batch!;
        var rejected = parsed.Rejected;
        var (scored, refused, outOfRange) = (0, 0, 0);
        for (var row = 0; row < parsed.TotalRows; row++)
        {
            if (refused < rejected.Count && rejected[refused].Row == row)
            {
                var r = rejected[refused++];
                items.Add(new ItemResult { Id = r.Id, Status = BatchMapping.ToWire(r.Fault.Kind), Reason = r.Fault.Message });
                continue;
            }

            var outcome = batch.Outcomes[scored];
            if (outcome.Has(RowOutcome.OutOfRange))
            {
                outOfRange++;
                items.Add(new ItemResult { Id = batch.ReportedId(scored), Status = ItemStatus.TimeOutOfRange, Reason = "time lies outside every window." });
            }
            else if (!brief || outcome.Has(RowOutcome.Requested))
            {
                items.Add(new ItemResult
                {
                    Id = batch.ReportedId(scored),
                    Status = outcome.Has(RowOutcome.Duplicate) ? ItemStatus.Duplicate : ItemStatus.Accepted,
                    CorrectnessScore = batch.Scores[scored],
                    Disagreement = batch.Disagreements[scored],
                    LabelRequested = outcome.Has(RowOutcome.Requested),
                });
            }

            scored++;
        }

        return ((uint)(scored - outOfRange), (uint)(rejected.Count + outOfRange));
    }
}
