namespace AccuracyMonitor.Capture.Sinks;

/// <summary>Identities of the last events, so that a redelivery is recognised; the oldest is forgotten first. Not thread-safe.</summary>
internal sealed class RecentEvents(int capacity)
{
    private readonly HashSet<ulong> _known = new(capacity);
    private readonly ulong[] _byAge = new ulong[capacity];
    private int _oldest;

    public bool Contains(ulong identity) => _known.Contains(identity);

    /// <returns>False if the event is remembered already, and does not become younger.</returns>
    public bool TryAdd(ulong identity)
    {
        if (_known.Contains(identity))
        {
            return false;
        }

        if (_known.Count == capacity)
        {
            _known.Remove(_byAge[_oldest]);
        }

        _known.Add(identity);
        _byAge[_oldest] = identity;
        _oldest = _oldest + 1 == capacity ? 0 : _oldest + 1;
        return true;
    }
}
