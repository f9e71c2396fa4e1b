using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>
/// Streams a trace's conditions one after the other, each row of a condition once before any comes again, in a seeded order that goes on where a
/// condition comes again.
/// </summary>
internal sealed class TraceSource : IReplaySource
{
    private readonly string _run;
    private readonly IReadOnlyList<int> _sets;
    private readonly ReferenceSet[] _data;
    private readonly int[][] _orders;
    private readonly int[] _next;
    private SplitMix64 _random;

    private TraceSource(
        string run, IReadOnlyList<string> conditions, Dictionary<string, ReferenceSet> data, ReferenceSet? reference, int? perCondition, ulong seed)
    {
        _run = run;
        _random = new SplitMix64(seed);
        string[] names = [.. data.Keys];
        _data = [.. data.Values];
        _sets = [.. conditions.Select(c => Array.IndexOf(names, c))];
        _orders = [.. _data.Select(d => Enumerable.Range(0, d.Count).ToArray())];
        _next = new int[_data.Length];
        Reference = reference;
        Conditions = [.. conditions.Select(c => new ReplayCondition(c, perCondition ?? data[c].Count))];
    }

    public int ClassCount => _data[0].ClassCount;

    public IReadOnlyList<ReplayCondition> Conditions { get; }

    public ReferenceSet? Reference { get; }

    public TimeSpan? Span => null;

    /// <param name="trace">The file.</param>
    /// <param name="conditions">In order; a name may come again. Empty: all but the reference, in file order; the rows of a file that names
    /// no condition are then replayed, and are no reference.</param>
    /// <param name="perCondition">Predictions of each; null: as many as it has rows.</param>
    /// <param name="run">Part of every id.</param>
    /// <exception cref="TraceFileException">A condition can't be read, or has another K than the first.</exception>
    /// <exception cref="ArgumentException">There is no condition to replay.</exception>
    public static TraceSource Read(TraceFile trace, IReadOnlyList<string> conditions, int? perCondition, string run, ulong seed)
    {
        string[] names = conditions.Count > 0 ? [.. conditions] : [.. trace.FileOrder.Where(c => !trace.NamesConditions || c != TraceFile.Reference)];
        if (names.Length == 0)
        {
            throw new ArgumentException(
                $"{trace.Path} has only '{TraceFile.Reference}', which calibrates the monitor. To replay it, name it: --conditions {TraceFile.Reference}");
        }

        var data = new Dictionary<string, ReferenceSet>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            data.TryAdd(name, trace.Load(name));
            if (data[name].Count == 0)
            {
                throw new TraceFileException($"{trace.Path}: condition '{name}' has no row; at least 1 is needed.");
            }

            Fits(trace, name, data[name], data[names[0]].ClassCount);
        }

        var reference = trace.NamesConditions && trace.Conditions.Contains(TraceFile.Reference, StringComparer.Ordinal) ? trace.Load(TraceFile.Reference)
            : null;
        if (reference is not null)
        {
            Fits(trace, TraceFile.Reference, reference, data[names[0]].ClassCount);
        }

        return new TraceSource(run, names, data, reference, perCondition, seed);
    }

    public IEnumerable<ReplayItem> Items()
    {
        var sequence = 0L;
        for (var index = 0; index < Conditions.Count; index++)
        {
            var set = _sets[index];
            var (data, order) = (_data[set], _orders[set]);
            for (var i = 0; i < Conditions[index].Count; i++)
            {
                if (_next[set] == 0)
                {
                    _random.Shuffle(order, order.Length);
                }

                var row = order[_next[set]];
                _next[set] = (_next[set] + 1) % order.Length;
                yield return new ReplayItem
                {
                    ConditionIndex = index,
                    Id = ReplayId.Create(_run, sequence++, set, row),
                    Probabilities = data.Probabilities.AsMemory(row * data.ClassCount, data.ClassCount),
                    Truth = data.Labels[row],
                    Told = data.Labels[row],
                };
            }
        }
    }

    public bool Reach(ReplayItem item) => false;

    public int? Truth(string id) =>
        ReplayId.TryParse(_run, id, out var set, out var row) && set < _data.Length && row < _data[set].Count ? _data[set].Labels[row] : null;

    private static void Fits(TraceFile trace, string name, ReferenceSet data, int classes)
    {
        if (data.ClassCount != classes)
        {
            throw new TraceFileException($"{trace.Path}: condition '{name}' has {data.ClassCount} classes; the first replayed has {classes}.");
        }
    }
}
