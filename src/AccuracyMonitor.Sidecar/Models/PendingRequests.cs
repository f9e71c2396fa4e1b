namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// Label requests of a model version that are on their way to the store, by prediction id. Owned by the scoring loop: between two calls of
/// <see cref="TakeFailed"/> nothing is taken out, so a prediction that is remembered as requested and not found here has a durable request.
/// </summary>
internal sealed class PendingRequests
{
    private readonly Dictionary<string, Task<bool>> _byId = new(StringComparer.Ordinal);
    private readonly List<(Task<bool> Stored, string[] Ids)> _writes = [];

    public int Count => _byId.Count;

    /// <param name="ids">Of the predictions whose requests are written together.</param>
    /// <param name="stored">Ends when the write has ended, with true when it succeeded. Never faulted.</param>
    public void Add(string[] ids, Task<bool> stored)
    {
        _writes.Add((stored, ids));
        foreach (var id in ids)
        {
            _byId[id] = stored;
        }
    }

    /// <summary>The write that has the prediction's request; null: none is under way.</summary>
    public Task<bool>? Of(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Takes out every write that has ended.</summary>
    /// <returns>The predictions whose request was not stored.</returns>
    public IReadOnlyList<string> TakeFailed()
    {
        List<string> failed = [];
        for (var i = 0; i < _writes.Count; i++)
        {
            var (stored, ids) = _writes[i];
            if (!stored.IsCompleted)
            {
                continue;
            }

            // A later write may have the same id: its outcome decides.
            var last = ids.Where(id => _byId.TryGetValue(id, out var write) && write == stored).ToArray();
            Array.ForEach(last, id => _byId.Remove(id));
            if (!stored.Result)
            {
                failed.AddRange(last);
            }

            _writes.RemoveAt(i--);
        }

        return failed;
    }
}
