using System.Diagnostics;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Queueing;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>The way in for every source of predictions: parse, queue, count.</summary>
internal sealed class IntakeService(
    BatchParser parser, ScoringQueue queue, AccuracyMonitorMetrics metrics, InternalErrorCounter errors, ILogger<IntakeService> logger)
{
    /// <summary>Starts a batch on its way.</summary>
    /// <returns>The batch as parsed; when it has rows to score, <see cref="ScoreBatch.Done"/> tells when they are.</returns>
    public ParsedBatch Submit(in ReportedBatch batch)
    {
        using var activity = Tracing.Source.StartActivity("intake");
        var parsed = Parse(batch);
        if (parsed.Refusal is { } refusal)
        {
            Count(refusal, batch.Ids.Count, activity);
            return parsed;
        }

        foreach (var group in parsed.Rejected.GroupBy(r => r.Fault.Kind))
        {
            metrics.Rejected(ReasonOf(group.Key), group.Count());
        }

        if (parsed.Overflowed)
        {
            metrics.SegmentOverflow(parsed.TotalRows);
        }

        var score = parsed.Batch!;
        activity?.SetTag("model", score.Model.Key.Model).SetTag("version", score.Model.Key.Version).SetTag("rows", score.Rows);
        if (score.Rows == 0)
        {
            score.MonitorVersion = score.Model.Monitor.Version;
            score.MonitorValid = score.Model.MonitorValid;
            score.ReleaseValues();
            score.Done.TrySetResult();
            return parsed;
        }

        if (queue.TryEnqueue(score))
        {
            return parsed;
        }

        metrics.Dropped("queue_full", score.Rows);
        score.Release();
        return ParsedBatch.Refused(new BatchRefusal(
            "batch", "QUEUE_FULL", $"{queue.QueuedValues} values are waiting to be scored (Intake:MaxQueuedValues).", RefusalKind.Overload));
    }

    /// <summary>Counts a batch that its source could not read.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="rows">As far as they are known.</param>
    public ParsedBatch Refuse(BatchRefusal refusal, int rows)
    {
        using var activity = Tracing.Source.StartActivity("intake");
        Count(refusal, rows, activity);
        return ParsedBatch.Refused(refusal);
    }

    /// <summary>For an error that nothing foresaw: it is logged, and the caller is told its id.</summary>
    public BatchRefusal Unexpected(Exception exception)
    {
        var id = ErrorId.New();
        errors.Count("batch");
        SidecarLog.BatchFailed(logger, id, exception);
        return InternalErrors.Unexpected("batch", id);
    }

    private ParsedBatch Parse(in ReportedBatch batch)
    {
        try
        {
            return parser.Parse(batch);
        }
#pragma warning disable CA1031 // One batch that meets a defect of ours must not end a stream that carries good batches.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return ParsedBatch.Refused(Unexpected(e));
        }
    }

    private void Count(BatchRefusal refusal, int rows, Activity? activity)
    {
        metrics.Rejected(refusal.Reason, Math.Max(1, rows));
        if (refusal.Reason is BatchParser.TooManyModels or BatchParser.NoStateLeft)
        {
            metrics.Refused(refusal.Reason == BatchParser.NoStateLeft ? RefusalReasons.State : RefusalReasons.Models);
        }

        activity?.SetStatus(ActivityStatusCode.Error, refusal.Reason);
    }

    private static string ReasonOf(RowFaultKind fault) => fault switch
    {
        RowFaultKind.NotFinite => "NOT_FINITE",
        RowFaultKind.Negative => "NEGATIVE",
        RowFaultKind.SumOutOfTolerance => "SUM_OUT_OF_TOLERANCE",
        RowFaultKind.InvalidId => "INVALID_ID",
        RowFaultKind.TimeOutOfRange => "TIME_OUT_OF_RANGE",
        RowFaultKind.InvalidTop => "INVALID_TOP",
        RowFaultKind.InvalidInputReference => "INVALID_INPUT_REFERENCE",
        _ => "INVALID",
    };
}
