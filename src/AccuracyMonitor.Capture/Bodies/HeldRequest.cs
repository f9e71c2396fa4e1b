namespace AccuracyMonitor.Capture.Bodies;

/// <summary>The body of one request in an <see cref="InputRing"/>, whose lock guards what can be set.</summary>
internal sealed class HeldRequest
{
    private readonly InputRing _ring;

    public HeldRequest(InputRing ring, long began)
    {
        (_ring, Began) = (ring, began);
        Place = new LinkedListNode<HeldRequest>(this);
    }

    public long Began { get; }

    public LinkedListNode<HeldRequest> Place { get; }

    /// <summary>Null: taken, released or given up.</summary>
    public List<byte[]>? Pieces { get; set; } = [];

    public long Charged { get; set; }

    /// <summary>Why the ring gave it up.</summary>
    public InputLoss Loss { get; set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0 && Pieces is not null)
        {
            _ring.Add(this, bytes.ToArray());
        }
    }

    /// <summary>The whole body. It takes no more bytes, and counts until <see cref="Release"/>.</summary>
    /// <returns>Null if the ring gave it up, as <see cref="Loss"/> says.</returns>
    public byte[]? Take()
    {
        if (_ring.Take(this) is not { } pieces)
        {
            return null;
        }

        if (pieces is [var only])
        {
            return only;
        }

        var body = new byte[pieces.Sum(static p => p.Length)];
        var left = body.AsSpan();
        foreach (var piece in pieces)
        {
            piece.CopyTo(left);
            left = left[piece.Length..];
        }

        return body;
    }

    /// <summary>Twice is the same as once.</summary>
    public void Release() => _ring.Release(this);
}
