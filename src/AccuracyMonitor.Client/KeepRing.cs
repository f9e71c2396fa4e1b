namespace AccuracyMonitor.Client;

/// <summary>
/// Holds inputs until the sidecar has said whether their label is wanted. Bounded in number and in age: the oldest goes first.
/// </summary>
/// <typeparam name="T">The input, or a reference to it.</typeparam>
public sealed class KeepRing<T>(int capacity, TimeSpan lifetime, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<string, LinkedListNode<Entry>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = new();
    private readonly Lock _gate = new();

    /// <summary>Inputs held now.</summary>
    public int Count
    {
        get
        {
            var now = _time.GetUtcNow();
            lock (_gate)
            {
                EvictOverdue(now);
                return _byId.Count;
            }
        }
    }

    /// <summary>Inputs that left because of age or number.</summary>
    public long Evicted { get; private set; }

    /// <summary>Holds an input; an id already there is replaced.</summary>
    public void Hold(string id, T input)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            Remove(id);
            EvictOverdue(now);
            if (_byId.Count >= capacity && _byAge.First is { } oldest)
            {
                Evict(oldest);
            }

            if (capacity > 0)
            {
                _byId[id] = _byAge.AddLast(new Entry(id, input, now));
            }
        }
    }

    /// <summary>Takes an input out. False when it is not held, or too old.</summary>
    public bool TryTake(string id, out T input)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            EvictOverdue(now);
            if (_byId.TryGetValue(id, out var node))
            {
                input = node.Value.Input;
                Remove(id);
                return true;
            }
        }

        input = default!;
        return false;
    }

    private void EvictOverdue(DateTimeOffset now)
    {
        while (_byAge.First is { } oldest && now - oldest.Value.Held > lifetime)
        {
            Evict(oldest);
        }
    }

    private void Evict(LinkedListNode<Entry> entry)
    {
        Remove(entry.Value.Id);
        Evicted++;
    }

    private void Remove(string id)
    {
        if (_byId.Remove(id, out var node))
        {
            _byAge.Remove(node);
        }
    }

    private readonly record struct Entry(string Id, T Input, DateTimeOffset Held);
}
