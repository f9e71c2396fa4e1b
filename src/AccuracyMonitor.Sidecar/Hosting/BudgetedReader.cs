using System.Buffers;
using System.IO.Pipelines;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// Reads the body of one call, and charges what arrives to the <see cref="MessageBudget"/>. A message that was handed over stays charged until
/// <see cref="MessageDone"/>, the next read or the end of the call, since its copy is held meanwhile.
/// </summary>
internal sealed class BudgetedReader(PipeReader inner, MessageBudget budget, string peer) : PipeReader, IDisposable
{
    private ReadOnlySequence<byte> _last;
    private long _charged;
    private long _buffered;
    private long _started;

    /// <summary>The message that was handed over last is no longer needed.</summary>
    public void MessageDone()
    {
        budget.Return(peer, _charged - _buffered);
        _charged = _buffered;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        MessageDone();
        var reading = inner.ReadAsync(cancellationToken);
        return Charge(_buffered == 0 || reading.IsCompleted ? await reading : await WithinTimeAsync(reading));
    }

    public override bool TryRead(out ReadResult result)
    {
        MessageDone();
        if (!inner.TryRead(out result))
        {
            return false;
        }

        result = Charge(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var left = _last.Slice(consumed).Length;
        if (left < _last.Length)
        {
            _started = budget.Time.GetTimestamp();
        }

        _buffered = left;
        _last = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <summary>Gives back what is charged; after the call has ended.</summary>
    public void Dispose()
    {
        budget.Return(peer, _charged);
        _charged = 0;
    }

    private ReadResult Charge(in ReadResult result)
    {
        _last = result.Buffer;
        if (_charged == 0)
        {
            _started = budget.Time.GetTimestamp();
        }

        var more = result.Buffer.Length - _charged;
        if (more <= 0)
        {
            return result;
        }

        if (budget.TryTake(peer, more, _charged) is { } reason)
        {
            inner.AdvanceTo(result.Buffer.End);
            throw RpcErrors.Exhausted("READ_BUDGET", reason);
        }

        _charged += more;
        return result;
    }

    /// <summary>For a message of which a part has come.</summary>
    private async ValueTask<ReadResult> WithinTimeAsync(ValueTask<ReadResult> reading)
    {
        var left = budget.MessageTimeout - budget.Time.GetElapsedTime(_started);
        var waiting = reading.AsTask();
        try
        {
            return await waiting.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, budget.Time);
        }
        catch (TimeoutException)
        {
            inner.CancelPendingRead();
            var late = await waiting;
            inner.AdvanceTo(late.Buffer.End);
            throw RpcErrors.Exhausted("READ_TIMEOUT", budget.TimedOut());
        }
    }
}
