namespace AccuracyMonitor.Capture.Tap;

/// <summary>
/// Copies an answer while it passes. Whatever goes wrong with a copy is counted and logged, and ends the copying of this answer; it never reaches
/// the bytes that pass.
/// </summary>
internal abstract class AnswerCopy(TapQueue queue)
{
    private bool _broken;

    protected TapQueue Queue { get; } = queue;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_broken)
        {
            return;
        }

        try
        {
            Take(bytes);
        }
#pragma warning disable CA1031 // A defect of ours, or memory that is used up: the caller gets its answer all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Break(e);
        }
    }

    /// <summary>The call is over.</summary>
    public void Complete(CallOutcome outcome)
    {
        if (_broken)
        {
            return;
        }

        try
        {
            Finish(outcome);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Break(e);
        }
    }

    protected abstract void Take(ReadOnlySpan<byte> bytes);

    protected abstract void Finish(CallOutcome outcome);

    /// <summary>Gives back what is held.</summary>
    protected abstract void Release();

    private void Break(Exception defect)
    {
        _broken = true;
        Queue.Failed(defect);
        Release();
    }
}
