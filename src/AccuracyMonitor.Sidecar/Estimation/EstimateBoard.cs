using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>One window of one series as published.</summary>
internal sealed record PublishedEstimate(
    SeriesKey Series,
    TimeSpan Window,
    DateTimeOffset End,
    WindowEstimate Estimate,
    bool MonitorValid,
    string MonitorVersion,
    AlarmVerdict AccuracyAlarm,
    AlarmVerdict ValidityAlarm);

/// <summary>The latest estimates: an immutable list swapped by reference, and a signal for those who watch.</summary>
internal sealed class EstimateBoard
{
    private volatile IReadOnlyList<PublishedEstimate> _latest = [];
    private TaskCompletionSource _changed = New();

    public IReadOnlyList<PublishedEstimate> Latest => _latest;

    /// <summary>Completes at the next publication.</summary>
    public Task NextAsync() => Volatile.Read(ref _changed).Task;

    public void Publish(IReadOnlyList<PublishedEstimate> estimates)
    {
        _latest = estimates;
        Interlocked.Exchange(ref _changed, New()).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
