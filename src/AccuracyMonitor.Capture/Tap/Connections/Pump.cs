using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AccuracyMonitor.Capture.Tap.Connections;

internal enum PumpEnd
{
    /// <summary>The sender has sent its last byte.</summary>
    Ended,

    /// <summary>The sender's connection broke.</summary>
    SenderBroke,

    /// <summary>The receiver takes no more.</summary>
    ReceiverGone,

    /// <summary>The other direction is at its end, or the tap is to stop and nothing is under way. What came last may not have been passed.</summary>
    Stopped,
}

/// <summary>Passes the bytes of one direction of a connection.</summary>
/// <param name="from">The sender's bytes.</param>
/// <param name="to">The receiver.</param>
/// <param name="next">What becomes of the first of the bytes that have come.</param>
/// <param name="mustStop">Asked when no byte waits; null: only <paramref name="next"/> stops it.</param>
internal sealed class Pump(PipeReader from, PipeWriter to, Func<ReadOnlySequence<byte>, PassingStep> next, Func<bool>? mustStop = null)
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

            var rest = read.Buffer;
            if (!TryPass(ref rest))
            {
                from.AdvanceTo(rest.Start);
                return PumpEnd.Stopped;
            }

            if (read.IsCompleted)
            {
                Write(rest);
                rest = rest.Slice(rest.End);
            }

            var isEmpty = rest.IsEmpty;
            from.AdvanceTo(rest.Start, rest.End);
            if (await FlushAsync() is { } end)
            {
                return end;
            }

            if (read.IsCompleted)
            {
                return PumpEnd.Ended;
            }

            if (isEmpty && mustStop?.Invoke() == true)
            {
                return PumpEnd.Stopped;
            }
        }
    }

    private static bool IsBroken(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or ConnectionAbortedException;

    /// <returns>False if no more bytes pass.</returns>
    private bool TryPass(ref ReadOnlySequence<byte> bytes)
    {
        while (true)
        {
            var step = next(bytes);
            if (step.IsStop)
            {
                return false;
            }

            if (step.Instead.IsEmpty)
            {
                if (step.Pass == 0)
                {
                    return true;
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

    /// <returns>Null if the receiver takes more.</returns>
    private async Task<PumpEnd?> FlushAsync()
    {
        try
        {
            var flush = await to.FlushAsync();
            return flush.IsCanceled ? PumpEnd.Stopped : flush.IsCompleted ? PumpEnd.ReceiverGone : null;
        }
        catch (Exception e) when (IsBroken(e))
        {
            return PumpEnd.ReceiverGone;
        }
    }
}
