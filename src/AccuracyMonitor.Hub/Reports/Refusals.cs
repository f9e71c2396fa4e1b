using AccuracyMonitor.V1;

namespace AccuracyMonitor.Hub.Reports;

/// <summary>The changes of a report that the hub will never take. One bad change does not keep out those beside it.</summary>
internal sealed class Refusals
{
    private const int MaxNamed = 100;
    private readonly List<RefusedChange> _named = [];

    public long Count { get; private set; }

    public IReadOnlyList<RefusedChange> Named => _named;

    public void Add(string field, string reason)
    {
        Count++;
        if (_named.Count < MaxNamed)
        {
            _named.Add(new RefusedChange { Field = field, Reason = reason });
        }
    }
}
