using System.Buffers;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>
/// Reads the bytes of one connection while they pass. It does not decide whether bytes pass: it may hold back the beginning of a message until that is
/// whole, and put the call's id into an answer. Not thread-safe.
/// </summary>
internal abstract class ConnectionReader
{
    /// <summary>No call is under way.</summary>
    public abstract bool IsIdle { get; }

    /// <summary>Octets of its buffers.</summary>
    public abstract int HeldBytes { get; }

    /// <param name="bytes">From the caller, not yet passed.</param>
    /// <exception cref="FormatException">The connection can't be read from here on.</exception>
    public abstract PassingStep OfCaller(ReadOnlySequence<byte> bytes);

    /// <param name="bytes">From the model server, not yet passed.</param>
    /// <exception cref="FormatException">The connection can't be read from here on.</exception>
    public abstract PassingStep OfServer(ReadOnlySequence<byte> bytes);

    /// <summary>The caller is to begin no more calls on this connection, if the protocol has a way to say so.</summary>
    public abstract void Drain();

    /// <summary>The connection is at its end, or is no longer read.</summary>
    /// <param name="outcome">Of the calls under way.</param>
    /// <param name="isOrderly">The server ended it, which may be the end of an answer.</param>
    public abstract void End(CallOutcome outcome, bool isOrderly);

    /// <summary>The caller is still sending the body of a request whose answer has passed, whole or up to the end of the connection.</summary>
    public abstract bool IsAnsweredEarly { get; }

    /// <summary>The last octets to the caller when the tap ends a connection on which no call is under way; empty: the protocol has none.</summary>
    public abstract ReadOnlyMemory<byte> ClosingFrames { get; }

    /// <summary>In place of a model server that is not there: the answer to the calls that have come, which is all that there is on the connection.</summary>
    public abstract byte[] Unreachable();
}
