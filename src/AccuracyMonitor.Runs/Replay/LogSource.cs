using System.Collections.Concurrent;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>
/// Replays a log in the order of its rows. Read and checked as a whole before anything is sent: a defect on the last row shall not end
/// an hour's replay, and the truth beside the estimates is what the log says in the end.
/// </summary>
internal sealed class LogSource : IReplaySource
{
    /// <summary>Conditions that alternate more often than this are not stretches: the log is then one.</summary>
    internal const int MostConditions = 100;

    private const string NoCondition = "log";
    private readonly IReadOnlyList<ReplayItem> _items;
    private readonly ConcurrentDictionary<string, int> _known = new(StringComparer.Ordinal);

    private LogSource(IReadOnlyList<ReplayItem> items, IReadOnlyList<ReplayCondition> conditions, EntryReader reader)
    {
        Understood = reader.Understood with { Labelled = items.Count(i => i.IsPrediction && i.Truth is not null) };
        _items = items;
        Conditions = conditions;
        ClassCount = reader.ClassCount;
        var times = items.Where(i => i.Time is not null).Select(i => i.Time!.Value).ToArray();
        Span = times.Length > 1 ? times.Max() - times.Min() : null;
    }

    public int ClassCount { get; }

    public IReadOnlyList<ReplayCondition> Conditions { get; }

    public TraceUnderstanding Understood { get; }

    /// <summary>None: what is calibrated on must be held-out data, and a log is production.</summary>
    public ReferenceSet? Reference => null;

    public TimeSpan? Span { get; }

    /// <exception cref="TraceFileException">A defect, with its line or row.</exception>
    public static LogSource Read(string path, TraceOptions? options = null)
    {
        var check = new LogChecker();
        var truth = new Dictionary<string, int>(StringComparer.Ordinal);
        var conditions = new List<ReplayCondition>();
        var items = new List<ReplayItem>();
        var ids = new RowIds();
        var reader = new EntryReader(path, options ?? new TraceOptions(), needsLabel: false);
        TraceFile.Guard(path, () =>
        {
            reader.Read(entry =>
            {
                var id = ids.Of(entry.Id, entry.Path, entry.Unit, entry.Number);
                check.Check(entry, id);
                if (entry.Label is { } told)
                {
                    truth[id] = told;
                }

                if (entry.Probabilities is not null)
                {
                    Count(conditions, entry.Condition ?? NoCondition);
                }

                items.Add(new ReplayItem
                {
                    ConditionIndex = conditions.Count - 1,
                    Id = id,
                    Probabilities = entry.Probabilities,
                    Told = entry.Label,
                    Time = entry.Time
                });
            });
            return items;
        });
        if (items.Count == 0)
        {
            throw new TraceFileException($"{path}: has no row; expected at least 1.");
        }

        var one = conditions.Count > MostConditions;
        return new LogSource(
            [.. items.Select(i => i with { ConditionIndex = one ? 0 : i.ConditionIndex, Truth = truth.TryGetValue(i.Id, out var label) ? label : null })],
            one ? [new ReplayCondition(NoCondition, conditions.Sum(p => p.Count))] : conditions,
            reader);
    }

    public IEnumerable<ReplayItem> Items() => _items;

    public bool Reach(ReplayItem item)
    {
        if (item.Told is not { } label)
        {
            return false;
        }

        var replaces = _known.TryGetValue(item.Id, out var earlier) && earlier != label;
        _known[item.Id] = label;
        return replaces;
    }

    public int? Truth(string id) => _known.TryGetValue(id, out var label) ? label : null;

    private static void Count(List<ReplayCondition> conditions, string condition)
    {
        if (conditions.Count == 0 || conditions[^1].Name != condition)
        {
            conditions.Add(new ReplayCondition(condition, 0));
        }

        conditions[^1] = conditions[^1] with { Count = conditions[^1].Count + 1 };
    }
}
