using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>
/// Answers that can't be read before the model server has said which output holds the classes, bounded in number; their bytes stay charged to the
/// queue's budget. Those of one model version come back in the order they came. Used by one reader.
/// </summary>
internal sealed class AnswersAwaitingMetadata(int capacity)
{
    private readonly Dictionary<(string Model, string Version), Group> _groups = [];

    public int Count { get; private set; }

    /// <summary>Completes when every look-up waited for has ended.</summary>
    public Task AllLookUps => Task.WhenAll(_groups.Values.Select(g => g.LookUp));

    public bool HoldsAny(string model, string version) => _groups.ContainsKey((model, version));

    /// <returns>False if the queue is full.</returns>
    public bool TryAdd(string model, string version, TappedAnswer answer, Task<DeclaredOutput?> lookUp)
    {
        if (Count >= capacity)
        {
            return false;
        }

        if (!_groups.TryGetValue((model, version), out var group))
        {
            _groups[(model, version)] = group = new Group(lookUp, []);
        }

        group.Answers.Add(answer);
        Count++;
        return true;
    }

    /// <summary>Takes out the answers whose look-up has ended.</summary>
    public IReadOnlyList<(TappedAnswer Answer, DeclaredOutput? Output)> TakeReady()
    {
        if (Count == 0)
        {
            return [];
        }

        List<(TappedAnswer, DeclaredOutput?)> ready = [];
        foreach (var (key, group) in _groups.Where(g => g.Value.LookUp.IsCompleted).ToArray())
        {
            _groups.Remove(key);
            Count -= group.Answers.Count;
            ready.AddRange(group.Answers.Select(a => (a, group.LookUp.Result)));
        }

        return ready;
    }

    private sealed record Group(Task<DeclaredOutput?> LookUp, List<TappedAnswer> Answers);
}
