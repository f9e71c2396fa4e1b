using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Tools;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>
/// Leases requests and makes one task of each. The wish is in the journal before the import is sent. An import whose answer is unknown is looked for, and
/// only sent again when its tasks have not appeared for <see cref="BridgeOptions.ImportGrace"/>: the tool has no key that would make it harmless.
/// </summary>
internal sealed class Importer(BridgeParts parts, Reconciler reconciler)
{
    private const string NoInput =
        "they have no input that could be shown; attach inputs and set Listen:PublicUrl, give predictions an input reference, or set Inputs:Template";

    /// <summary>Calls of one pass that look for requests behind those that cannot be shown.</summary>
    private const int MostLeases = 10;

    private int _left;

    /// <summary>
    /// Fills the room with requests whose input can be shown, and holds some without any input: one may still be attached. All others are released at the end,
    /// for other tools; until then they are not leased again, so that each call finds those behind them.
    /// </summary>
    public async Task LeaseAsync(CancellationToken cancel)
    {
        var (room, hold) = (parts.Options.MaxTasks - parts.Journal.CountLeased(), parts.Options.MaxTasks - parts.Journal.CountWithoutInput());
        var (left, held) = (0, 0);
        List<string> release = [];
        for (var call = 0; room > 0 && call < MostLeases; call++)
        {
            var wanted = call == 0 ? Math.Min(room, LabelQueue.MaxItems) : LabelQueue.MaxItems;
            var leased = await parts.Queue.LeaseAsync(wanted, cancel);
            List<JournalItem> taken = [];
            foreach (var request in leased)
            {
                var item = ToItem(request);
                if (item.State == ItemState.Wanted ? room > 0 : request.Input is null && hold > held)
                {
                    taken.Add(item);
                    (room, held) = item.State == ItemState.Wanted ? (room - 1, held) : (room, held + 1);
                }
                else
                {
                    release.Add(request.LeaseId);
                    left += item.State == ItemState.Held ? 1 : 0;
                }
            }

            parts.Journal.Lease(taken);
            if (leased.Count < wanted)
            {
                break;
            }
        }

        foreach (var leases in release.Chunk(LabelQueue.MaxItems))
        {
            await parts.Queue.ReleaseAsync(leases, cancel);
        }

        if (held > 0)
        {
            BridgeLog.Held(parts.Logger, held, NoInput);
        }

        if (left > 0 && left != _left)
        {
            BridgeLog.Left(parts.Logger, left, NoInput);
        }

        _left = left;
    }

    public async Task ImportAsync(CancellationToken cancel)
    {
        await LookUpAsync(parts.Journal.InState([ItemState.Wanted]).Where(i => i.PostedAt is not null), cancel);
        var now = parts.Time.GetUtcNow();
        var wanted = parts.Journal.InState([ItemState.Wanted]);
        foreach (var items in wanted.Where(i => i.PostedAt is null && i.Input.Length > 0).Chunk(parts.Options.ImportSize))
        {
            await PostAsync(items, cancel);
        }

        // One by one: perhaps another task of the same import was the reason that none appeared.
        foreach (var item in wanted.Where(i => i.PostedAt is { } at && now - at >= parts.Options.ImportGrace))
        {
            await PostAsync([item], cancel);
        }
    }

    /// <summary>Looks for inputs that were attached after their request was leased.</summary>
    public async Task FindInputsAsync(CancellationToken cancel)
    {
        foreach (var item in parts.Journal.InState([ItemState.Held]).Where(i => i.Input.Length == 0))
        {
            if (await parts.Queue.InputAsync(item.Key, cancel) is not { } input)
            {
                continue;
            }

            if (parts.Inputs.CanServe(input.ContentType))
            {
                parts.Journal.Update(item with { State = ItemState.Wanted, Input = InputAddresses.Stored });
                continue;
            }

            // Another tool may be able to show it.
            if (item.LeaseId is { } lease)
            {
                await parts.Queue.ReleaseAsync([lease], cancel);
            }

            parts.Journal.Update(item with { State = ItemState.Ended, LeaseId = null });
        }
    }

    /// <summary>Tries once more what the tool refused: its settings may have changed.</summary>
    public void TryHeldAgain() => parts.Journal.Update(
        [.. parts.Journal.InState([ItemState.Held]).Where(i => i.Input.Length > 0).Select(i => i with { State = ItemState.Wanted, PostedAt = null })]);

    private JournalItem ToItem(LabelItem item)
    {
        var input = parts.Inputs.Of(item);
        return new JournalItem
        {
            Key = new PredictionKey(item.Model, item.Version, item.PredictionId),
            State = input.Length > 0 ? ItemState.Wanted : ItemState.Held,
            LeaseId = item.LeaseId,
            LeaseExpires = item.LeaseExpires.ToDateTimeOffset(),
            RequestExpires = item.Expires.ToDateTimeOffset(),
            Input = input,
        };
    }

    private async Task LookUpAsync(IEnumerable<JournalItem> items, CancellationToken cancel)
    {
        var ids = items.Select(i => i.Key.PredictionId).ToArray();
        if (ids.Length > 0)
        {
            await foreach (var task in parts.Tool.FindAsync(ids, cancel))
            {
                await reconciler.ApplyAsync(task, cancel);
            }
        }
    }

    private async Task PostAsync(JournalItem[] items, CancellationToken cancel)
    {
        var now = parts.Time.GetUtcNow();
        parts.Journal.Update([.. items.Select(i => i with { PostedAt = now })]);
        try
        {
            await parts.Tool.CreateAsync([.. items.Select(i => new NewTask(i.Key, parts.Inputs.AddressOf(i)))], cancel);
        }
        catch (ToolException e) when (e.Failure == ToolFailure.Refused)
        {
            // All or none: the import had no effect. Halves find the task that was refused.
            if (items is [var only])
            {
                parts.Journal.Update(only with { State = ItemState.Held, PostedAt = null });
                BridgeLog.Held(parts.Logger, 1, $"the labelling tool refuses their task: {e.Message}");
                return;
            }

            await PostAsync(items[..(items.Length / 2)], cancel);
            await PostAsync(items[(items.Length / 2)..], cancel);
            return;
        }

        // Ids of the answer are not used: that they come in the order of the tasks is promised nowhere.
        await LookUpAsync(items, cancel);
    }
}
