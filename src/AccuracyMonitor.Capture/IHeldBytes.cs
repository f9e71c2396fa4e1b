namespace AccuracyMonitor.Capture;

/// <summary>From which the bytes of a body are taken: the tap's is one for all callers, the sink's has a share for each peer.</summary>
internal interface IHeldBytes
{
    /// <returns>False if the bytes are not available; nothing was taken.</returns>
    bool TryTake(long bytes);

    void Return(long bytes);
}
