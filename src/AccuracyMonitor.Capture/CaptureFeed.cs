using System.Globalization;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture;

/// <summary>Hands over the outputs of an answer, for sources that nobody waits for.</summary>
internal sealed class CaptureFeed(IObservedBatchSink sink, ICaptureMetrics metrics)
{
    /// <summary>Returns at once.</summary>
    /// <param name="source">For the counter.</param>
    /// <param name="outputs">N rows; their bytes are not needed afterwards.</param>
    /// <param name="call">The rows' ids are this and <c>#</c> and their number.</param>
    /// <param name="firstRow">Number of the first row.</param>
    /// <param name="time">When the predictions were made.</param>
    public void Submit(string source, CapturedOutputs outputs, string call, long firstRow, DateTimeOffset time)
    {
        var ids = new string[outputs.Rows];
        for (var row = 0; row < ids.Length; row++)
        {
            ids[row] = string.Create(CultureInfo.InvariantCulture, $"{call}#{firstRow + row}");
        }

        var batch = new ObservedBatch
        {
            Model = outputs.Model,
            Version = outputs.Version,
            Classes = outputs.Classes,
            Form = outputs.Form,
            Values = outputs.Values,
            Ids = ids,
            Time = time,
        };
        if (sink.TrySubmit(batch, out var duplicates))
        {
            metrics.Captured(source, outputs.Rows);
            _ = CountDuplicatesAsync(source, duplicates);
        }
    }

    private async Task CountDuplicatesAsync(string source, Task<int> duplicates)
    {
        if (await duplicates.ConfigureAwait(false) is > 0 and var count)
        {
            metrics.CaptureFailed(source, CaptureFailure.DuplicateId.Reason(), count);
        }
    }
}
