namespace AccuracyMonitor.Client;

/// <summary>
/// Holds inputs until the sidecar has said whether their label is wanted. Bounded in number, in age and, where sizes are told, in bytes: the oldest goes first.
/// </summary>
/// <typeparam name="T">The input, or a reference to it.</typeparam>
/// <param name="capacity">Most inputs; 0: nothing is held.</param>
/// <param name="lifetime">An older input is let go.</param>
/// <param name="time">Measures ages. Default: the system's clock.</param>
/// <param name="sizeOf">Bytes that an input takes; the same each time. Default: bytes are not bounded.</param>
/// <param name="maxBytes">Most bytes of all inputs. One that is larger alone is not held.</param>
public sealed class KeepRing<T>(
    int capacity, TimeSpan lifetime, TimeProvider? time = null, Func<T, long>? sizeOf = null, long maxBytes = long.MaxValue)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<string, LinkedListNode<Entry>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = new();
    private readonly Lock _gate = new();
    private long _bytes;

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

    /// <summary>Inputs that left, or were not held, because of a bound.</summary>
    public long Evicted { get; private set; }

    /// <summary>Holds an input; an id already there is replaced.</summary>
    public void Hold(string id, T input)
    {
        var now = _time.GetUtcNow();
        var size = sizeOf?.Invoke(input) ?? 0;
        lock (_gate)
        {
            Remove(id);
            EvictOverdue(now);
            if (capacity <= 0)
            {
                return;
            }

            if (size > maxBytes)
            {
                Evicted++;
                return;
            }

            while ((_byId.Count >= capacity || _bytes > maxBytes - size) && _byAge.First is { } oldest)
            {
                Evict(oldest);
            }

            _byId[id] = _byAge.AddLast(new Entry(id, input, size, now));
            _bytes += size;
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
            _bytes -= node.Value.Size;
        }
    }

    private readonly record struct Entry(string Id, T Input, long Size, DateTimeOffset Held);
}
