using System.Globalization;
using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>One pass over both sides, in steps that may be cut off anywhere and done again.</summary>
internal sealed class BridgePass
{
    private const string Watermark = "watermark";

    /// <summary>Polls overlap: a transaction of the tool may become visible after a later one.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);

    private readonly BridgeParts _parts;
    private readonly Reconciler _reconciler;
    private readonly LeaseKeeper _leases;
    private readonly Importer _importer;
    private readonly Withdrawal _withdrawal;

    public BridgePass(BridgeParts parts)
    {
        _parts = parts;
        _reconciler = new Reconciler(parts);
        _leases = new LeaseKeeper(parts);
        _importer = new Importer(parts, _reconciler);
        _withdrawal = new Withdrawal(parts, _reconciler);
    }

    /// <summary>What does not need the labelling tool.</summary>
    public Task KeepLeasesAsync(CancellationToken cancel) => _leases.RenewAsync(cancel);

    /// <summary>Everything else. Answers first: they free room for requests.</summary>
    /// <param name="whole">Whether every task is read, or only those that changed.</param>
    /// <param name="cancel">Ends the pass.</param>
    public async Task RunAsync(bool whole, CancellationToken cancel)
    {
        if (whole || LastChange() is null)
        {
            await SweepAsync(cancel);
        }
        else
        {
            await PollAsync(cancel);
        }

        await _withdrawal.WithdrawAsync(cancel);
        await _importer.FindInputsAsync(cancel);
        await _importer.LeaseAsync(cancel);
        await _importer.ImportAsync(cancel);
        _parts.Journal.Forget(_parts.Time.GetUtcNow() - _parts.Options.ForgetAfter);
    }

    /// <summary>Reads the tasks that a webhook named, of those that the journal knows. An event of deletion may name the annotation only.</summary>
    public async Task FollowAsync(ToolHint hint, CancellationToken cancel)
    {
        foreach (var id in hint.TaskIds.Concat(hint.AnnotationIds.Select(_parts.Journal.TaskOf).OfType<string>()).Distinct(StringComparer.Ordinal))
        {
            if (_parts.Journal.FindByTask(id) is { } item)
            {
                await _reconciler.FollowAsync(item, cancel);
            }
        }
    }

    private async Task PollAsync(CancellationToken cancel)
    {
        var last = LastChange()!.Value;
        var since = last - Overlap;
        var filtered = true;
        await foreach (var task in _parts.Tool.ChangedAsync(since, cancel))
        {
            filtered &= task.Updated >= since;
            last = task.Updated > last ? task.Updated : last;
            await _reconciler.ApplyAsync(task, cancel);
        }

        if (!filtered && _parts.Counters.FiltersIgnored++ == 0)
        {
            BridgeLog.FilterIgnored(_parts.Logger);
        }

        SetLastChange(last);
    }

    private async Task SweepAsync(CancellationToken cancel)
    {
        HashSet<string> there = new(StringComparer.Ordinal);
        var last = LastChange() ?? DateTimeOffset.UnixEpoch;
        await foreach (var task in _parts.Tool.AllAsync(cancel))
        {
            there.Add(task.Id);
            last = task.Updated > last ? task.Updated : last;
            await _reconciler.ApplyAsync(task, cancel);
        }

        // A page that moved while it was read may have hidden a task, so each is asked for by itself.
        foreach (var item in _parts.Journal.InState([ItemState.Open]).Where(i => i.TaskId is { } id && !there.Contains(id)))
        {
            await _reconciler.FollowAsync(item, cancel);
        }

        _importer.TryHeldAgain();
        SetLastChange(last);
    }

    private DateTimeOffset? LastChange() => _parts.Journal.Fact(Watermark) is { } text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private void SetLastChange(DateTimeOffset time)
    {
        if (LastChange() != time)
        {
            _parts.Journal.SetFact(Watermark, time.UtcTicks.ToString(CultureInfo.InvariantCulture));
        }
    }
}
