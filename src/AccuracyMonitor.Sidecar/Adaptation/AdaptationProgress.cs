namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>Counts labels towards the next fit.</summary>
internal sealed class AdaptationProgress
{
    private int _sinceHead;
    private int _sinceNetwork;

    public int SinceHead => Volatile.Read(ref _sinceHead);

    public int SinceNetwork => Volatile.Read(ref _sinceNetwork);

    public void Count(int labels)
    {
        Interlocked.Add(ref _sinceHead, labels);
        Interlocked.Add(ref _sinceNetwork, labels);
    }

    public void HeadFitted() => Interlocked.Exchange(ref _sinceHead, 0);

    public void NetworkFitted() => Interlocked.Exchange(ref _sinceNetwork, 0);
}
