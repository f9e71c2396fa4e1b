using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>One half of a call.</summary>
/// <param name="Owner">Of who reported it, <see cref="Caller.Owner"/>: nobody's half is joined with another's.</param>
/// <param name="Id">The call's.</param>
/// <param name="IsRequest">Else it is the answer.</param>
internal sealed record CallHalf(string Owner, string Id, bool IsRequest)
{
    /// <summary>What a linked entry, its key and this record take besides text and data.</summary>
    private const int Overhead = 250;

    /// <summary>Of a request: the model it asks for; empty: not known.</summary>
    public string Model { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>An answer that can't be read without its request; null: nothing is held back.</summary>
    public InferenceEvent? Held { get; init; }

    /// <summary>Of a request: its body; null: not held.</summary>
    public HeldRequest? Body { get; init; }

    public long Bytes => Overhead + (sizeof(char) * (long)(Owner.Length + Id.Length + Model.Length + Version.Length)) + (Held?.Data.Length ?? 0);
}

/// <summary>Halves of calls that wait for the other, bounded by number, bytes and age: the oldest goes first. Not thread-safe.</summary>
internal sealed class PendingCalls(int maxCalls, long maxBytes, TimeSpan lifetime)
{
    private readonly Dictionary<(string Owner, string Id), LinkedListNode<(CallHalf Half, DateTimeOffset Until)>> _byId = [];
    private readonly LinkedList<(CallHalf Half, DateTimeOffset Until)> _byAge = new();

    public int Count => _byId.Count;

    public long Bytes { get; private set; }

    /// <param name="half">That has come.</param>
    /// <param name="now">For its age.</param>
    /// <param name="alone">Gets those that are given up for want of room, and one of the same kind under the same id.</param>
    /// <returns>The other half, which is no longer kept; null: <paramref name="half"/> waits for it now.</returns>
    public CallHalf? Join(CallHalf half, DateTimeOffset now, List<CallHalf> alone)
    {
        if (_byId.TryGetValue((half.Owner, half.Id), out var there))
        {
            Remove(there);
            if (there.Value.Half.IsRequest != half.IsRequest)
            {
                return there.Value.Half;
            }

            alone.Add(there.Value.Half);
        }

        _byId[(half.Owner, half.Id)] = _byAge.AddLast((half, now + lifetime));
        Bytes += half.Bytes;
        while (Count > maxCalls || Bytes > maxBytes)
        {
            GiveUpOldest(alone);
        }

        return null;
    }

    /// <param name="now">Halves older than the lifetime are given up.</param>
    /// <param name="alone">Gets them.</param>
    public void Expire(DateTimeOffset now, List<CallHalf> alone)
    {
        while (_byAge.First is { } oldest && oldest.Value.Until <= now)
        {
            GiveUpOldest(alone);
        }
    }

    private void GiveUpOldest(List<CallHalf> alone)
    {
        var oldest = _byAge.First!;
        Remove(oldest);
        alone.Add(oldest.Value.Half);
    }

    private void Remove(LinkedListNode<(CallHalf Half, DateTimeOffset Until)> node)
    {
        _byAge.Remove(node);
        _byId.Remove((node.Value.Half.Owner, node.Value.Half.Id));
        Bytes -= node.Value.Half.Bytes;
    }
}
