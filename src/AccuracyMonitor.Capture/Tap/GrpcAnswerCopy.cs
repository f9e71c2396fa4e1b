using System.Buffers.Binary;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>
/// Cuts a gRPC body into its messages, however its pieces come. Those of a stream go on as they pass; that of a single call waits for the
/// trailers, which say whether it counts.
/// </summary>
internal sealed class GrpcAnswerCopy(TapCall call, AnswerHead head, TapQueue queue) : AnswerCopy(queue)
{
    private readonly byte[] _prefix = new byte[OpenInferenceDecoder.FramePrefix];
    private readonly List<TappedAnswer> _held = [];
    private int _prefixFilled;
    private byte[]? _message;
    private int _filled;
    private long _toSkip;
    private bool _sawMessage;

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            if (_toSkip > 0)
            {
                var skipped = (int)Math.Min(_toSkip, bytes.Length);
                _toSkip -= skipped;
                bytes = bytes[skipped..];
                if (_toSkip > 0)
                {
                    return;
                }
            }

            if (_message is null && !TryBegin(ref bytes))
            {
                return;
            }

            if (_message is { } message)
            {
                var part = bytes[..Math.Min(message.Length - _filled, bytes.Length)];
                part.CopyTo(message.AsSpan(_filled));
                _filled += part.Length;
                bytes = bytes[part.Length..];
                if (_filled < message.Length)
                {
                    return;
                }

                End(message);
            }
        }
    }

    protected override void Finish(CallOutcome outcome)
    {
        var cutShort = _message is not null || _prefixFilled > 0 || _toSkip > 0;
        if (outcome == CallOutcome.Answered)
        {
            _held.ForEach(Queue.Add);
            _held.Clear();
            if (cutShort)
            {
                Queue.Counts.CaptureFailed(CaptureFailure.Undecodable);
            }
            else if (!_sawMessage && !call.IsStreamed)
            {
                Queue.Counts.CaptureFailed(CaptureFailure.EmptyAnswer);
            }
        }
        else if (!(call.IsStreamed && outcome == CallOutcome.Cancelled && !cutShort))
        {
            // A caller may end a stream by going away; what had come by then is counted.
            Queue.Counts.CaptureFailed(CaptureFailure.FailedCall);
        }

        Release();
    }

    protected override void Release()
    {
        _held.ForEach(h => h.Body.Release());
        _held.Clear();
        Queue.Budget.Return(_message?.Length ?? 0);
        _message = null;
    }

    /// <summary>Reads a frame's prefix and makes room for its message.</summary>
    /// <returns>False if more bytes are needed.</returns>
    private bool TryBegin(ref ReadOnlySpan<byte> bytes)
    {
        var part = bytes[..Math.Min(_prefix.Length - _prefixFilled, bytes.Length)];
        part.CopyTo(_prefix.AsSpan(_prefixFilled));
        _prefixFilled += part.Length;
        bytes = bytes[part.Length..];
        if (_prefixFilled < _prefix.Length)
        {
            return false;
        }

        _prefixFilled = 0;
        _sawMessage = true;
        var length = BinaryPrimitives.ReadUInt32BigEndian(_prefix.AsSpan(1));
        if (length > Queue.MaxAnswerBytes || !Queue.Budget.TryTake(length))
        {
            Queue.Counts.CaptureFailed(length > Queue.MaxAnswerBytes ? CaptureFailure.TooLarge : CaptureFailure.QueueFull);
            _toSkip = length;
            return true;
        }

        try
        {
            (_message, _filled) = (new byte[length], 0);
        }
        catch (OutOfMemoryException)
        {
            Queue.Budget.Return(length);
            throw;
        }

        return true;
    }

    private void End(byte[] message)
    {
        _message = null;
        var answer = new TappedAnswer(call, new PooledBody(message, message.Length, Queue.Budget), _prefix[0], head.GrpcEncoding, JsonLength: null, Queue.Now);
        if (call.IsStreamed)
        {
            Queue.Add(answer);
        }
        else
        {
            _held.Add(answer);
        }
    }
}
