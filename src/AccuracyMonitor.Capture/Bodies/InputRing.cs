namespace AccuracyMonitor.Capture.Bodies;

/// <summary>
/// Bodies of requests under way, bounded by bytes and age: the oldest goes first. Thread-safe; nothing is copied under its lock.
/// </summary>
public sealed class InputRing(CaptureInputOptions settings, TimeProvider time)
{
    /// <summary>Memory of a piece besides its bytes, and of a body besides its pieces.</summary>
    private const int Overhead = 64;

    private readonly Lock _gate = new();
    private readonly LinkedList<HeldRequest> _byAge = new();
    private long _bytes;

    /// <summary>Memory of all bodies, including what their pieces take.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <returns>Null if nothing is held.</returns>
    internal HeldRequest? Begin()
    {
        if (!settings.IsOn)
        {
            return null;
        }

        var now = time.GetTimestamp();
        var held = new HeldRequest(this, now);
        lock (_gate)
        {
            GiveUpOld(now);
            _byAge.AddLast(held.Place);
            TryCharge(held, Overhead);
        }

        return held;
    }

    /// <summary>Gives up the bodies that are too old. Call it now and then: without traffic nothing else does.</summary>
    internal void Expire()
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            GiveUpOld(now);
        }
    }

    internal void Add(HeldRequest held, byte[] piece)
    {
        lock (_gate)
        {
            if (held.Pieces is { } pieces && TryCharge(held, piece.Length + Overhead))
            {
                pieces.Add(piece);
            }
        }
    }

    /// <returns>Null if the ring gave the body up. It stays charged until it is released.</returns>
    internal List<byte[]>? Take(HeldRequest held)
    {
        lock (_gate)
        {
            var pieces = held.Pieces;
            held.Pieces = null;
            if (held.Place.List is not null)
            {
                _byAge.Remove(held.Place);
            }

            return pieces;
        }
    }

    internal void Release(HeldRequest held)
    {
        lock (_gate)
        {
            held.Pieces = null;
            if (held.Place.List is not null)
            {
                _byAge.Remove(held.Place);
            }

            _bytes -= held.Charged;
            held.Charged = 0;
        }
    }

    private void GiveUpOld(long now)
    {
        while (_byAge.First?.Value is { } oldest && time.GetElapsedTime(oldest.Began, now) > settings.MaxAge)
        {
            GiveUp(oldest, InputLoss.RingOverrun);
        }
    }

    private bool TryCharge(HeldRequest held, int more)
    {
        held.Charged += more;
        _bytes += more;
        if (held.Charged > settings.MaxBytes / 4)
        {
            GiveUp(held, InputLoss.TooLarge);
        }

        while (_bytes > settings.MaxBytes && _byAge.First?.Value is { } oldest)
        {
            GiveUp(oldest, InputLoss.RingOverrun);
        }

        // Everything that is left has been taken and is being read.
        if (_bytes > settings.MaxBytes)
        {
            GiveUp(held, InputLoss.RingOverrun);
        }

        return held.Pieces is not null;
    }

    private void GiveUp(HeldRequest held, InputLoss loss)
    {
        if (held.Pieces is null)
        {
            return;
        }

        held.Loss = loss;
        held.Pieces = null;
        _byAge.Remove(held.Place);
        _bytes -= held.Charged;
        held.Charged = 0;
    }
}
