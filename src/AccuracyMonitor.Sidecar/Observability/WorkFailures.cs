using AccuracyMonitor.Scoring;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>
/// Logs work of the sidecar that failed and is tried again. What the store or a monitor file refuses is logged with its message. Any other exception
/// is a defect: it is counted, and logged with its stack.
/// </summary>
internal sealed class WorkFailures(InternalErrorCounter errors, ILogger<WorkFailures> logger)
{
    /// <param name="kind">Value of the label <c>kind</c>, if the exception is a defect.</param>
    /// <param name="work">As the log names it, such as "Writing window sums".</param>
    /// <param name="exception">Why it failed.</param>
    public void Report(string kind, string work, Exception exception)
    {
        if (exception is StoreException or MonitorFileException)
        {
            SidecarLog.WorkFailed(logger, work, exception.Message);
        }
        else
        {
            errors.Count(kind);
            SidecarLog.WorkHasDefect(logger, work, exception);
        }
    }
}
