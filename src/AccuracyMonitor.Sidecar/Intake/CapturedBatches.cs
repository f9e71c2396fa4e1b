using AccuracyMonitor.Capture;
using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Queueing;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Takes captured predictions to the intake, as it takes those that callers report.</summary>
internal sealed class CapturedBatches(IntakeService intake) : IObservedBatchSink
{
    public bool TrySubmit(ObservedBatch batch, out Task<ScoredRows> scored)
    {
        var parsed = intake.Submit(ToReported(batch));
        scored = parsed.Batch is { } score ? ScoredAsync(score) : Task.FromResult(ScoredRows.None);
        return parsed.Refusal is null;
    }

    private static ReportedBatch ToReported(ObservedBatch batch) => new()
    {
        Model = batch.Model,
        Version = batch.Version,
        Classes = (uint)batch.Classes,
        Form = batch.Form,
        Values = batch.Values,
        Ids = batch.Ids,
        Caller = batch.Caller,
        Time = batch.Time,
    };

    private static async Task<ScoredRows> ScoredAsync(ScoreBatch batch)
    {
        // A batch that could not be scored is counted by the scoring loop.
        await batch.Done.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!batch.Done.Task.IsCompletedSuccessfully)
        {
            return ScoredRows.None;
        }

        var duplicates = 0;
        List<RequestedRow>? requested = null;
        for (var row = 0; row < batch.Rows; row++)
        {
            duplicates += batch.Outcomes[row].Has(RowOutcome.Duplicate) ? 1 : 0;
            if (batch.Outcomes[row].Has(RowOutcome.Requested))
            {
                (requested ??= []).Add(new RequestedRow(batch.ReportedId(row), PredictionIds.Exactly(batch.Ids[row])));
            }
        }

        batch.Release();
        return new ScoredRows(duplicates, requested ?? []);
    }
}
