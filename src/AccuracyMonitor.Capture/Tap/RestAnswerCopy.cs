using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>Collects the body of a REST answer.</summary>
internal sealed class RestAnswerCopy(TapCall call, AnswerHead head, TapQueue queue) : AnswerCopy(queue)
{
    private const int FirstChunk = 4096;

    private byte[] _bytes = [];
    private int _filled;
    private CaptureFailure _gaveUp;

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        if (_gaveUp != CaptureFailure.None || (_bytes.Length - _filled < bytes.Length && !TryGrow(bytes.Length)))
        {
            return;
        }

        bytes.CopyTo(_bytes.AsSpan(_filled));
        _filled += bytes.Length;
    }

    protected override void Finish(CallOutcome outcome)
    {
        if (outcome != CallOutcome.Answered)
        {
            Queue.Counts.CaptureFailed(CaptureFailure.FailedCall);
        }
        else if (_gaveUp != CaptureFailure.None)
        {
            Queue.Counts.CaptureFailed(_gaveUp);
        }
        else if (_filled == 0)
        {
            Queue.Counts.CaptureFailed(CaptureFailure.EmptyAnswer);
        }
        else
        {
            var body = new PooledBody(_bytes, _filled, Queue.Budget);
            _bytes = [];
            Queue.Add(new TappedAnswer(call, body, Flag: 0, head.Encoding, head.JsonLength, Queue.Now));
        }

        Release();
    }

    protected override void Release()
    {
        Queue.Budget.Return(_bytes.Length);
        _bytes = [];
    }

    private bool TryGrow(int more)
    {
        var needed = (long)_filled + more;
        var wanted = Math.Max(needed, _filled == 0 ? head.ContentLength ?? FirstChunk : 2L * _bytes.Length);
        var size = Math.Min(wanted, Queue.MaxAnswerBytes);
        if (needed > Queue.MaxAnswerBytes || !Queue.Budget.TryTake(size - _bytes.Length))
        {
            _gaveUp = needed > Queue.MaxAnswerBytes ? CaptureFailure.TooLarge : CaptureFailure.QueueFull;
            Release();
            return false;
        }

        try
        {
            Array.Resize(ref _bytes, (int)size);
        }
        catch (OutOfMemoryException)
        {
            Queue.Budget.Return(size - _bytes.Length);
            throw;
        }

        return true;
    }
}
