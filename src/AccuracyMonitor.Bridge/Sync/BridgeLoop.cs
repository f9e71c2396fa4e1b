using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>Passes one after the other, until it is stopped. While one side does not answer, the other is still served as far as that makes sense.</summary>
internal sealed class BridgeLoop
{
    private readonly BridgeParts _parts;
    private readonly HintQueue _hints;
    private readonly BridgeHome _home;
    private readonly BridgePass _pass;
    private readonly Backoff _tool;
    private readonly Backoff _queue;
    private DateTimeOffset _nextPass = DateTimeOffset.MinValue;
    private DateTimeOffset _nextSweep = DateTimeOffset.MinValue;
    private string _line = "";

    public BridgeLoop(BridgeParts parts, HintQueue hints, BridgeHome home)
    {
        (_parts, _hints, _home, _pass) = (parts, hints, home, new BridgePass(parts));
        var options = parts.Options;
        _tool = new Backoff(options.PollInterval, options.LongestPause, parts.Time);
        _queue = new Backoff(options.PollInterval, options.LongestPause, parts.Time);
    }

    /// <returns>True if it was stopped; false if the project cannot be used. The log says why.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await StepAsync(stop) is StepEnd.Unusable)
            {
                return false;
            }

            SayProgress();
            await WaitAsync(stop);
        }

        return true;
    }

    /// <summary>One whole pass.</summary>
    /// <returns>Whether both sides did their part.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken stop)
    {
        var end = await StepAsync(stop);
        SayProgress();
        return end is StepEnd.Done;
    }

    private async Task<StepEnd> StepAsync(CancellationToken stop)
    {
        try
        {
            if (!_queue.MayTry)
            {
                return StepEnd.Failed;
            }

            await _pass.KeepLeasesAsync(stop);
            if (!_tool.MayTry)
            {
                return StepEnd.Failed;
            }

            var end = await WithToolAsync(stop);
            _queue.Succeeded();
            _tool.Succeeded();
            return end;
        }
        catch (ToolException e)
        {
            // The project may be gone: the sweep looks after it.
            _nextSweep = e.Failure == ToolFailure.NotFound ? DateTimeOffset.MinValue : _nextSweep;
            _parts.Counters.ToolFailures++;
            BridgeLog.ToolFailed(_parts.Logger, _tool.Failed(e.RetryAfter).TotalSeconds, e.Message);
            return StepEnd.Failed;
        }
        catch (QueueException e)
        {
            _parts.Counters.QueueFailures++;
            BridgeLog.QueueFailed(_parts.Logger, _queue.Failed().TotalSeconds, e.Message);
            return StepEnd.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return StepEnd.Failed;
        }
    }

    private async Task<StepEnd> WithToolAsync(CancellationToken stop)
    {
        var now = _parts.Time.GetUtcNow();
        var sweep = now >= _nextSweep;
        if (sweep && !await _home.EnterAsync(stop))
        {
            return StepEnd.Unusable;
        }

        // Taken off first: one that cannot be followed must not come back for ever. The poll or the sweep finds what it named.
        while (_hints.TryTake(out var hint))
        {
            _nextPass = ReferenceEquals(hint, ToolHint.Empty) ? now : _nextPass;
            await _pass.FollowAsync(hint, stop);
        }

        if (sweep || now >= _nextPass)
        {
            await _pass.RunAsync(sweep, stop);
            _parts.Counters.Passed(_parts.Time.GetUtcNow());
            _nextPass = now + _parts.Options.PollInterval;
            _nextSweep = sweep ? now + _parts.Options.SweepInterval : _nextSweep;
        }

        return StepEnd.Done;
    }

    /// <summary>Until the next poll, or a hint where it can be followed.</summary>
    private async Task WaitAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var poll = Task.Delay(_parts.Options.PollInterval, _parts.Time, end.Token);
        await (_tool.MayTry && _queue.MayTry ? Task.WhenAny(poll, _hints.WaitAsync(end.Token)) : Task.WhenAny(poll));
        await end.CancelAsync();
    }

    private void SayProgress()
    {
        var line = _parts.Counters.Line(_parts.Journal);
        if (line != _line)
        {
            BridgeLog.Progress(_parts.Logger, line);
            _line = line;
        }
    }

    private enum StepEnd
    {
        Done,
        Failed,
        Unusable,
    }
}
