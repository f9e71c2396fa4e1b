using AccuracyMonitor.Capture;
using AccuracyMonitor.Sidecar.Queueing;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Takes captured predictions to the intake, as it takes those that callers report.</summary>
internal sealed class CapturedBatches(IntakeService intake) : IObservedBatchSink
{
    public bool TrySubmit(ObservedBatch batch, out Task<int> duplicates)
    {
        var parsed = intake.Submit(ToReported(batch));
        duplicates = parsed.Batch is { } score ? DuplicatesAsync(score) : Task.FromResult(0);
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
        Time = batch.Time,
    };

    private static async Task<int> DuplicatesAsync(ScoreBatch batch)
    {
        // A batch that could not be scored is counted by the scoring loop.
        await batch.Done.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!batch.Done.Task.IsCompletedSuccessfully)
        {
            return 0;
        }

        var duplicates = 0;
        foreach (var outcome in batch.Outcomes.AsSpan(0, batch.Rows))
        {
            duplicates += outcome.Has(RowOutcome.Duplicate) ? 1 : 0;
        }

        batch.Release();
        return duplicates;
    }
}
