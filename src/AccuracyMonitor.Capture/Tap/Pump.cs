using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AccuracyMonitor.Capture.Tap;

internal enum PumpEnd
{
    /// <summary>The sender has sent its last byte.</summary>
    Ended,

    /// <summary>The sender's connection broke.</summary>
    SenderBroke,

    /// <summary>The receiver takes no more.</summary>
    ReceiverGone,

    /// <summary>The other direction is at its end, or the tap is to stop and nothing is under way.</summary>
    Stopped,
}

/// <summary>Passes the bytes of one direction of a connection.</summary>
/// <param name="from">The sender's bytes.</param>
/// <param name="to">The receiver.</param>
/// <param name="next">What becomes of the first of the bytes that have come.</param>
/// <param name="mustStop">Asked when no byte waits.</param>
internal sealed class Pump(PipeReader from, PipeWriter to, Func<ReadOnlySequence<byte>, PassingStep> next, Func<bool> mustStop)
{
    public async Task<PumpEnd> RunAsync()
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await from.ReadAsync();
            }
            catch (Exception e) when (IsBroken(e))
            {
                return PumpEnd.SenderBroke;
            }

            var rest = Pass(read.Buffer);
            if (read.IsCompleted)
            {
                Write(rest);
                rest = rest.Slice(rest.End);
            }

            var isEmpty = rest.IsEmpty;
            from.AdvanceTo(rest.Start, rest.End);
            if (!await TryFlushAsync())
            {
                return PumpEnd.ReceiverGone;
            }

            if (read.IsCompleted)
            {
                return PumpEnd.Ended;
            }

            if (isEmpty && mustStop())
            {
                return PumpEnd.Stopped;
            }
        }
    }

    private static bool IsBroken(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or ConnectionAbortedException;

    private ReadOnlySequence<byte> Pass(ReadOnlySequence<byte> bytes)
    {
        while (true)
        {
            var step = next(bytes);
            if (step.Instead.IsEmpty)
            {
                if (step.Pass == 0)
                {
                    return bytes;
                }

                Write(bytes.Slice(0, step.Pass));
            }
            else
            {
                to.Write(step.Instead.Span);
            }

            bytes = bytes.Slice(step.Pass);
        }
    }

    private void Write(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            to.Write(segment.Span);
        }
    }

    private async Task<bool> TryFlushAsync()
    {
        try
        {
            return !(await to.FlushAsync()).IsCompleted;
        }
        catch (Exception e) when (IsBroken(e))
        {
            return false;
        }
    }
}
