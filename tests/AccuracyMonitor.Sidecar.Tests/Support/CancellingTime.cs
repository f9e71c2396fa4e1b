namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>A clock that fails whoever asks it, as a call does that took too long.</summary>
internal sealed class CancellingTime : TimeProvider
{
    private readonly TaskCompletionSource _again = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asked;

    /// <summary>Runs when it is asked for the first time.</summary>
    public Action Asked { get; init; } = static () => { };

    /// <summary>It has been asked for the second time.</summary>
    public Task Again => _again.Task;

    public override DateTimeOffset GetUtcNow()
    {
        if (Interlocked.Increment(ref _asked) == 1)
        {
            Asked();
        }
        else
        {
            _again.TrySetResult();
        }

        throw new TaskCanceledException("a call took too long");
    }
}
