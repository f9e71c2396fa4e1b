using System.Globalization;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.OpenInference;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>From the outputs of an answer to the intake, for sources that nobody waits for.</summary>
internal sealed class CaptureFeed(IntakeService intake, AccuracyMonitorMetrics metrics)
{
    /// <summary>Returns at once; what the intake refuses it counts itself.</summary>
    /// <param name="source">For the counter.</param>
    /// <param name="outputs">N rows; their bytes are not needed afterwards.</param>
    /// <param name="call">The rows' ids are this and <c>#</c> and their number.</param>
    /// <param name="firstRow">Number of the first row.</param>
    /// <param name="time">When the predictions were made.</param>
    public void Submit(string source, CapturedOutputs outputs, string call, long firstRow, DateTimeOffset time)
    {
        var batch = new PredictionBatch
        {
            Model = outputs.Model,
            Version = outputs.Version,
            ClassCount = (uint)outputs.Classes,
            Form = outputs.Form,
            Values = UnsafeByteOperations.UnsafeWrap(outputs.Values),
            Time = Timestamp.FromDateTimeOffset(time),
        };
        for (var row = 0; row < outputs.Rows; row++)
        {
            batch.Ids.Add(string.Create(CultureInfo.InvariantCulture, $"{call}#{firstRow + row}"));
        }

        var parsed = intake.Submit(batch);
        if (parsed.Refusal is null)
        {
            metrics.Captured(source, outputs.Rows);
            _ = ReleaseAsync(source, parsed.Batch!);
        }
    }

    private async Task ReleaseAsync(string source, ScoreBatch batch)
    {
        // A batch that could not be scored is counted by the scoring loop.
        await batch.Done.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!batch.Done.Task.IsCompletedSuccessfully)
        {
            return;
        }

        var duplicates = 0;
        foreach (var outcome in batch.Outcomes.AsSpan(0, batch.Rows))
        {
            duplicates += outcome.Has(RowOutcome.Duplicate) ? 1 : 0;
        }

        if (duplicates > 0)
        {
            metrics.Blind(source, BlindSpot.DuplicateId.Reason(), duplicates);
        }

        batch.Release();
    }
}
