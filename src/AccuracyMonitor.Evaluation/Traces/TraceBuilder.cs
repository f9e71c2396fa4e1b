using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Holds the rows of a trace by condition, for the formats that are a sequence of rows.</summary>
internal sealed class TraceBuilder : ITraceSource
{
    /// <summary>Label of a row that has none yet.</summary>
    private const int NoLabel = -1;

    private readonly string _path;
    private readonly Dictionary<string, Rows> _rows = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly Dictionary<string, (TraceRow Row, long Number)> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _seen = [];
    private long _duplicates;

    private TraceBuilder(string path) => _path = path;

    public IReadOnlyList<string> Conditions => _order;

    public bool NamesConditions { get; private set; }

    public TraceUnderstanding Understood { get; private set; } = null!;

    /// <exception cref="TraceFileException">A defect, with its line or row; in a log also an id twice, and a label whose prediction isn't before
    /// it.</exception>
    public static TraceBuilder Read(string path, TraceOptions options)
    {
        var builder = new TraceBuilder(path);
        var reader = new EntryReader(path, options, needsLabel: true);
        reader.Read(builder.Add);
        if (builder._order.Count == 0)
        {
            throw new TraceFileException($"{path}: has no row; expected at least 1.");
        }

        builder.Understood = reader.Understood with
        {
            Labelled = builder._rows.Values.Sum(r => r.Labels.LongCount(l => l != NoLabel)),
            Duplicates = builder._duplicates,
            Accuracy = builder.Accuracy(reader.ClassCount),
        };
        return builder;
    }

    public ReferenceSet Load(string condition)
    {
        var rows = _rows[condition];
        rows.Labelled ??= rows.Select(Understood.Classes!.Count);
        return rows.Labelled.Count > 0
            ? rows.Labelled
            : throw new TraceFileException(
                $"{_path}: condition '{condition}' has no label for any of its {rows.Labels.Count} rows; at least 1 is needed (another name: --map "
                    + $"label=NAME).");
    }

    public int Unlabelled(string condition) => _rows[condition].Labels.Count(l => l == NoLabel);

    private void Add(TraceEntry entry)
    {
        if (entry.Probabilities is null)
        {
            var row = _ids.TryGetValue(entry.Id!, out var earlier)
                ? earlier.Row
                : throw entry.Defect($"a label for '{entry.Id}', which is no prediction on an earlier {entry.Unit}");
            _rows[row.Condition].Labels[row.Index] = entry.Label!.Value;
            return;
        }

        var condition = entry.Condition ?? TraceFile.Reference;
        var known = _rows.TryGetValue(condition, out var rows);
        rows ??= new Rows();
        if (entry.Id is { } id)
        {
            Remember(entry, id, new TraceRow(condition, rows.Labels.Count));
        }

        if (!known)
        {
            _rows.Add(condition, rows);
            _order.Add(condition);
        }

        NamesConditions |= entry.Condition is not null;
        rows.Probabilities.AddRange(entry.Probabilities);
        rows.Labels.Add(entry.Label ?? NoLabel);
    }

    /// <summary>In a log an id finds the prediction that a label belongs to. In a table it only tells rows that are there twice.</summary>
    private void Remember(TraceEntry entry, string id, TraceRow row)
    {
        if (!entry.IsLog)
        {
            _duplicates += _seen.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(id.AsSpan()))) ? 0 : 1;
        }
        else if (!_ids.TryAdd(id, (row, entry.Number)))
        {
            throw entry.Defect($"'id' is '{id}', as on line {_ids[id].Number}; an id is one prediction's");
        }
    }

    private (double, double, double)? Accuracy(int classes)
    {
        var (count, same, lower, higher) = (0L, 0L, 0L, 0L);
        foreach (var rows in _rows.Values)
        {
            var all = CollectionsMarshal.AsSpan(rows.Probabilities);
            for (var i = 0; i < rows.Labels.Count; i++)
            {
                if (rows.Labels[i] is var label and not NoLabel)
                {
                    var predicted = TensorPrimitives.IndexOfMax<float>(all.Slice(i * classes, classes));
                    count++;
                    same += predicted == label ? 1 : 0;
                    lower += predicted == label - 1 ? 1 : 0;
                    higher += predicted == label + 1 ? 1 : 0;
                }
            }
        }

        return count == 0 ? null : ((double)same / count, (double)lower / count, (double)higher / count);
    }

    private sealed class Rows
    {
        public List<float> Probabilities { get; private set; } = [];

        public List<int> Labels { get; } = [];

        public ReferenceSet? Labelled { get; set; }

        /// <summary>The rows with a label; those without are let go.</summary>
        public ReferenceSet Select(int classes)
        {
            var count = Labels.Count(l => l != NoLabel);
            var (probabilities, labels) = (new float[count * classes], new int[count]);
            var all = CollectionsMarshal.AsSpan(Probabilities);
            for (int i = 0, kept = 0; i < Labels.Count; i++)
            {
                if (Labels[i] != NoLabel)
                {
                    all.Slice(i * classes, classes).CopyTo(probabilities.AsSpan(kept * classes));
                    labels[kept++] = Labels[i];
                }
            }

            Probabilities = [];
            return new ReferenceSet(probabilities, labels, classes);
        }
    }
}
