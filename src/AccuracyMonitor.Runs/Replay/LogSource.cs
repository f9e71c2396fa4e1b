using System.Collections.Concurrent;
using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>
/// Replays a JSON Lines log in the order of its lines. Read and checked as a whole before anything is sent: a defect on the last line shall not end
/// an hour's replay, and the truth beside the estimates is what the log says in the end.
/// </summary>
internal sealed class LogSource : IReplaySource
{
    /// <summary>Conditions that alternate more often than this are not stretches: the log is then one.</summary>
    internal const int MostConditions = 100;

    private const string NoCondition = "log";
    private readonly IReadOnlyList<ReplayItem> _items;
    private readonly ConcurrentDictionary<string, int> _known = new(StringComparer.Ordinal);

    private LogSource(IReadOnlyList<ReplayItem> items, IReadOnlyList<ReplayCondition> conditions, int classes)
    {
        _items = items;
        Conditions = conditions;
        ClassCount = classes;
        var times = items.Where(i => i.Time is not null).Select(i => i.Time!.Value).ToArray();
        Span = times.Length > 1 ? times.Max() - times.Min() : null;
    }

    public int ClassCount { get; }

    public IReadOnlyList<ReplayCondition> Conditions { get; }

    /// <summary>None: what is calibrated on must be held-out data, and a log is production.</summary>
    public ReferenceSet? Reference => null;

    public TimeSpan? Span { get; }

    /// <exception cref="TraceFileException">A defect, with its line.</exception>
    public static LogSource Read(string path)
    {
        var check = new LogChecker(path);
        var truth = new Dictionary<string, int>(StringComparer.Ordinal);
        var conditions = new List<ReplayCondition>();
        var items = new List<ReplayItem>();
        foreach (var line in JsonLinesLog.Read(path))
        {
            var id = line.Id ?? string.Create(CultureInfo.InvariantCulture, $"line-{line.Number}");
            var label = check.Line(line, id);
            if (label is { } told)
            {
                truth[id] = told;
            }

            if (line.Probabilities is not null)
            {
                Count(conditions, line.Condition ?? NoCondition);
            }

            items.Add(new ReplayItem { ConditionIndex = conditions.Count - 1, Id = id, Probabilities = line.Probabilities, Told = label, Time = line.Time });
        }

        if (items.Count == 0)
        {
            throw new TraceFileException($"{path}: has no row; expected at least 1.");
        }

        var one = conditions.Count > MostConditions;
        return new LogSource(
            [.. items.Select(i => i with { ConditionIndex = one ? 0 : i.ConditionIndex, Truth = truth.TryGetValue(i.Id, out var label) ? label : null })],
            one ? [new ReplayCondition(NoCondition, conditions.Sum(p => p.Count))] : conditions,
            check.ClassCount);
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
