namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>Stops and continues a sidecar so that it runs a twentieth of the time.</summary>
internal sealed class SlowMotion : IAsyncDisposable
{
    private static readonly TimeSpan Running = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Stopped = TimeSpan.FromMilliseconds(380);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public SlowMotion(HarmSidecar sidecar) => _loop = Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            sidecar.Freeze();
            await Task.Delay(Stopped);
            sidecar.Thaw();
            await Task.Delay(Running);
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }
}
