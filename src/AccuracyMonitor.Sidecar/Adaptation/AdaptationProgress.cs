namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>How far the challengers of one model version have come.</summary>
internal sealed class AdaptationProgress
{
    private int _sinceHead;
    private int _sinceNetwork;

    /// <summary>New labels since heads were last tried.</summary>
    public int SinceHead => Volatile.Read(ref _sinceHead);

    /// <summary>New labels since a network was last tried.</summary>
    public int SinceNetwork => Volatile.Read(ref _sinceNetwork);

    /// <summary>Null: none since the start. Under the model's management lock.</summary>
    public HeadChallenge? Heads { get; set; }

    public void Count(int labels)
    {
        Interlocked.Add(ref _sinceHead, labels);
        Interlocked.Add(ref _sinceNetwork, labels);
    }

    public void HeadsTried() => Interlocked.Exchange(ref _sinceHead, 0);

    public void NetworkTried() => Interlocked.Exchange(ref _sinceNetwork, 0);
}
