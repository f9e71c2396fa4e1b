using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture;

/// <summary>Hands over the outputs of an answer, for sources that nobody waits for.</summary>
internal sealed class CaptureFeed(IObservedBatchSink sink, CapturedBodies bodies, CaptureOptions settings, ICaptureMetrics metrics)
{
    /// <summary>Most characters of a row's id.</summary>
    private const int MaxId = 128;

    /// <summary>Returns at once.</summary>
    /// <param name="source">For the counter.</param>
    /// <param name="outputs">N rows; their bytes are not needed afterwards.</param>
    /// <param name="call">Gives the rows their ids. Where these are too long, the answer is counted as such.</param>
    /// <param name="time">When the predictions were made.</param>
    /// <param name="request">Whose answer it is; released once it is known which rows are to be labelled. Null: not held.</param>
    public void Submit(string source, CapturedOutputs outputs, CalledRows call, DateTimeOffset time, HeldRequest? request = null)
    {
        // Before any id is made: a long one would be copied for each row.
        if ((call with { Id = call.Id.Length > MaxId ? call.Id[..MaxId] : call.Id }).IdOf(outputs.Rows).Length > MaxId)
        {
            metrics.CaptureFailed(source, CaptureFailure.NameTooLong.Reason(), 1);
            request?.Release();
            return;
        }

        List<Task<ScoredRows>> parts = [];
        for (var done = 0; done < outputs.Rows; done += settings.MaxBatchRows)
        {
            if (sink.TrySubmit(Part(outputs, call, time, done), out var scored))
            {
                metrics.Captured(source, Math.Min(settings.MaxBatchRows, outputs.Rows - done));
                parts.Add(scored);
            }
        }

        _ = FinishAsync(source, parts, new AnsweredRows(outputs.Model, outputs.Version, outputs.Rows, call), request);
    }

    private ObservedBatch Part(CapturedOutputs outputs, CalledRows call, DateTimeOffset time, int done)
    {
        var ids = new string[Math.Min(settings.MaxBatchRows, outputs.Rows - done)];
        for (var row = 0; row < ids.Length; row++)
        {
            ids[row] = call.IdOf(done + row);
        }

        var rowBytes = outputs.Classes * sizeof(float);
        return new ObservedBatch
        {
            Model = outputs.Model,
            Version = outputs.Version,
            Classes = outputs.Classes,
            Form = outputs.Form,
            Values = outputs.Values.Slice(done * rowBytes, ids.Length * rowBytes),
            Ids = ids,
            Caller = call.Caller,
            Time = time,
        };
    }

    private async Task FinishAsync(string source, List<Task<ScoredRows>> parts, AnsweredRows rows, HeldRequest? request)
    {
        try
        {
            List<RequestedRow> requested = [];
            foreach (var part in parts)
            {
                var scored = await part.ConfigureAwait(false);
                if (scored.Duplicates > 0)
                {
                    metrics.CaptureFailed(source, CaptureFailure.DuplicateId.Reason(), scored.Duplicates);
                }

                requested.AddRange(scored.Requested);
            }

            if (requested.Count > 0 && request is not null)
            {
                await bodies.AttachAsync(request, rows, requested).ConfigureAwait(false);
            }
        }
        finally
        {
            request?.Release();
        }
    }
}
