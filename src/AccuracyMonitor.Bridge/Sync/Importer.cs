using AccuracyMonitor.Bridge.Journal;
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

    public async Task LeaseAsync(CancellationToken cancel)
    {
        var room = parts.Options.MaxTasks - parts.Journal.CountLeased();
        if (room <= 0)
        {
            return;
        }

        var leased = await parts.Queue.LeaseAsync(room, cancel);
        var items = leased.Select(ToItem).ToArray();
        parts.Journal.Lease(items);
        if (items.Count(i => i.State == ItemState.Held) is > 0 and var count)
        {
            BridgeLog.Held(parts.Logger, count, NoInput);
        }
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
            if (await parts.Queue.InputAsync(item.Key, cancel) is { } input && parts.Inputs.CanServe(input.ContentType))
            {
                parts.Journal.Update(item with { State = ItemState.Wanted, Input = InputAddresses.Stored });
            }
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
