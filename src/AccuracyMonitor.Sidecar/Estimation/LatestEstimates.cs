namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>The latest estimates: an immutable list swapped by reference, and a signal for those who watch.</summary>
internal sealed class LatestEstimates
{
    private volatile PublishedEstimates _latest = PublishedEstimates.None;
    private TaskCompletionSource _changed = New();

    public PublishedEstimates Latest => _latest;

    /// <summary>Completes at the next publication.</summary>
    public Task NextAsync() => Volatile.Read(ref _changed).Task;

    public void Publish(PublishedEstimates estimates)
    {
        _latest = estimates;
        Interlocked.Exchange(ref _changed, New()).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
