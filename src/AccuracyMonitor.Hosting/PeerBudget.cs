namespace AccuracyMonitor.Hosting;

/// <summary>Bytes that may be held at a time over all callers, of which one peer may hold a share. Thread-safe.</summary>
/// <param name="total">Bytes, over all peers.</param>
/// <param name="share">Bytes of one peer.</param>
public sealed class PeerBudget(long total, long share)
{
    private readonly Dictionary<string, long> _byPeer = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _held;

    public long Total => total;

    /// <summary>Of one peer.</summary>
    public long Share => share;

    public long Held
    {
        get
        {
            lock (_gate)
            {
                return _held;
            }
        }
    }

    /// <param name="peer">See <see cref="PeerNames.PeerName"/>.</param>
    /// <param name="bytes">At least 0.</param>
    /// <returns>False if the bytes are not available; nothing was taken.</returns>
    public bool TryTake(string peer, long bytes)
    {
        lock (_gate)
        {
            var own = _byPeer.GetValueOrDefault(peer);
            if (_held + bytes > total || own + bytes > share)
            {
                return false;
            }

            _held += bytes;
            _byPeer[peer] = own + bytes;
            return true;
        }
    }

    public void Return(string peer, long bytes)
    {
        lock (_gate)
        {
            _held -= bytes;
            var left = _byPeer.GetValueOrDefault(peer) - bytes;
            if (left > 0)
            {
                _byPeer[peer] = left;
            }
            else
            {
                _byPeer.Remove(peer);
            }
        }
    }
}
