using System.Globalization;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture;

/// <summary>Hands over the outputs of an answer, for sources that nobody waits for.</summary>
internal sealed class CaptureFeed(IObservedBatchSink sink, CaptureSettings settings, ICaptureMetrics metrics)
{
    /// <summary>Most characters of a row's id.</summary>
    private const int MaxId = 128;

    /// <summary>Returns at once.</summary>
    /// <param name="source">For the counter.</param>
    /// <param name="outputs">N rows; their bytes are not needed afterwards.</param>
    /// <param name="call">The rows' ids are this and <c>#</c> and their number. Where that is too long, the answer is counted as such.</param>
    /// <param name="firstRow">Number of the first row.</param>
    /// <param name="time">When the predictions were made.</param>
    public void Submit(string source, CapturedOutputs outputs, string call, long firstRow, DateTimeOffset time)
    {
        // Before any id is made: a long one would be copied for each row.
        if (Id(call.Length > MaxId ? call[..MaxId] : call, firstRow + outputs.Rows).Length > MaxId)
        {
            metrics.CaptureFailed(source, CaptureFailure.NameTooLong.Reason(), 1);
            return;
        }

        for (var done = 0; done < outputs.Rows; done += settings.MaxBatchRows)
        {
            SubmitPart(source, outputs, call, firstRow, time, done);
        }
    }

    private void SubmitPart(string source, CapturedOutputs outputs, string call, long firstRow, DateTimeOffset time, int done)
    {
        var ids = new string[Math.Min(settings.MaxBatchRows, outputs.Rows - done)];
        for (var row = 0; row < ids.Length; row++)
        {
            ids[row] = Id(call, firstRow + done + row);
        }

        var rowBytes = outputs.Classes * sizeof(float);
        var batch = new ObservedBatch
        {
            Model = outputs.Model,
            Version = outputs.Version,
            Classes = outputs.Classes,
            Form = outputs.Form,
            Values = outputs.Values.Slice(done * rowBytes, ids.Length * rowBytes),
            Ids = ids,
            Time = time,
        };
        if (sink.TrySubmit(batch, out var duplicates))
        {
            metrics.Captured(source, ids.Length);
            _ = CountDuplicatesAsync(source, duplicates);
        }
    }

    private static string Id(string call, long row) => string.Create(CultureInfo.InvariantCulture, $"{call}#{row}");

    private async Task CountDuplicatesAsync(string source, Task<int> duplicates)
    {
        if (await duplicates.ConfigureAwait(false) is > 0 and var count)
        {
            metrics.CaptureFailed(source, CaptureFailure.DuplicateId.Reason(), count);
        }
    }
}
