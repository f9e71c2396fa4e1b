using System.Buffers;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>
/// The calls under way on one connection, as its reader finds them, and whether more may begin. A reader that fails is given up: the bytes pass all the
/// same. So is one that would hold more of a connection than the budget gives. Thread-safe.
/// </summary>
/// <param name="reader">Of a new connection.</param>
/// <param name="budget">Charged with what the connection holds back beyond <see cref="FreeBytes"/>.</param>
/// <param name="defect">Told of an exception that the protocol does not account for.</param>
internal sealed class ConnectionCalls(ConnectionReader reader, IHeldBytes budget, Action<Exception> defect)
{
    /// <summary>Ordinary headers take less.</summary>
    public const int FreeBytes = 1 << 16;

    private readonly Lock _gate = new();
    private ConnectionReader? _reader = reader;
    private bool _isDraining;
    private bool _isOver;
    private long _charged;
    private long _waitingOfCaller;
    private long _waitingOfServer;

    /// <summary>No byte of the caller passes any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _isOver;
            }
        }
    }

    /// <summary>The connection is to end, and it is known that no call is under way.</summary>
    public bool MayStop
    {
        get
        {
            lock (_gate)
            {
                return _isDraining && _reader is { IsIdle: true };
            }
        }
    }

    /// <summary>The connection is read, and no call has begun.</summary>
    public bool AwaitsCall
    {
        get
        {
            lock (_gate)
            {
                return _reader is { IsIdle: true };
            }
        }
    }

    public PassingStep OfCaller(ReadOnlySequence<byte> bytes)
    {
        lock (_gate)
        {
            return _isOver ? PassingStep.Stop : Next(static (reader, bytes) => reader.OfCaller(bytes), bytes, ref _waitingOfCaller);
        }
    }

    public PassingStep OfServer(ReadOnlySequence<byte> bytes)
    {
        lock (_gate)
        {
            return Next(static (reader, bytes) => reader.OfServer(bytes), bytes, ref _waitingOfServer);
        }
    }

    /// <summary>The tap is to stop: the caller is to begin no more calls.</summary>
    public void Drain()
    {
        lock (_gate)
        {
            _isDraining = true;
            _reader?.Drain();
        }
    }

    /// <summary>Decides and acts in one step, so that no call begins between the two.</summary>
    /// <returns>True if the connection is to end and no call is under way; from here on none begins.</returns>
    public bool TryStop()
    {
        lock (_gate)
        {
            var may = _isDraining && _reader is { IsIdle: true };
            _isOver |= may;
            return may;
        }
    }

    /// <summary>From here on no byte of the caller passes.</summary>
    public StoppedCalls Stop()
    {
        lock (_gate)
        {
            _isOver = true;
            return _reader is { } reader ? new StoppedCalls(reader.IsAnsweredEarly, reader.ClosingFrames) : default;
        }
    }

    public void End(CallOutcome outcome, bool isOrderly)
    {
        lock (_gate)
        {
            GiveUp(outcome, isOrderly);
        }
    }

    /// <summary>In place of a model server that is not there.</summary>
    /// <returns>Null if no call has begun.</returns>
    public byte[]? Unreachable()
    {
        lock (_gate)
        {
            return _reader is { IsIdle: false } reader ? reader.Unreachable() : null;
        }
    }

    private PassingStep Next(Func<ConnectionReader, ReadOnlySequence<byte>, PassingStep> read, ReadOnlySequence<byte> bytes, ref long waiting)
    {
        if (_reader is not { } reader)
        {
            return new PassingStep(bytes.Length);
        }

        try
        {
            var step = read(reader, bytes);
            waiting = step == PassingStep.NeedsMore ? bytes.Length : 0;
            if (TryHold(reader.HeldBytes + _waitingOfCaller + _waitingOfServer))
            {
                return step;
            }
        }
        catch (FormatException)
        {
            // Not the protocol of the port: bytes pass all the same, unread.
        }
#pragma warning disable CA1031 // A defect of ours: bytes pass all the same, unread.
        catch (Exception e)
#pragma warning restore CA1031
        {
            defect(e);
        }

        GiveUp(CallOutcome.Unread, isOrderly: false);
        return new PassingStep(bytes.Length);
    }

    private bool TryHold(long bytes)
    {
        var more = Math.Max(0, bytes - FreeBytes) - _charged;
        if (more > 0 && !budget.TryTake(more))
        {
            return false;
        }

        if (more < 0)
        {
            budget.Return(-more);
        }

        _charged += more;
        return true;
    }

    private void GiveUp(CallOutcome outcome, bool isOrderly)
    {
        var last = _reader;
        _reader = null;
        budget.Return(_charged);
        _charged = 0;
        last?.End(outcome, isOrderly);
    }
}

/// <summary>How to close the connection of a caller whose requests are no longer forwarded.</summary>
/// <param name="IsAnsweredEarly">It is still sending a request whose answer has passed.</param>
/// <param name="ClosingFrames">For a connection on which no call is under way; empty: none.</param>
internal readonly record struct StoppedCalls(bool IsAnsweredEarly, ReadOnlyMemory<byte> ClosingFrames);
