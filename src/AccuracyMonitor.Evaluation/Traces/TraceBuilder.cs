using System.Runtime.InteropServices;
using AccuracyMonitor.Core;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Gathers rows by condition as a reader meets them, checking each. For the formats that are a sequence of rows.</summary>
/// <param name="path">For messages.</param>
/// <param name="unit">What a row is numbered by: "line" or "row".</param>
/// <param name="column">Name of probability i, for messages.</param>
internal sealed class TraceBuilder(string path, string unit, Func<int, string> column) : ITraceSource
{
    /// <summary>Label of a row that has none yet.</summary>
    public const int NoLabel = -1;

    private readonly Dictionary<string, Rows> _rows = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly RowChecker _check = new(path, unit, column);
    private long _elements;

    public IReadOnlyList<string> Conditions => _order;

    /// <summary>K of the first row; 0 before it.</summary>
    public int ClassCount => _check.ClassCount;

    /// <param name="condition">Not empty.</param>
    /// <param name="probabilities">K of them; copied.</param>
    /// <param name="number">Of the line or row, for messages.</param>
    /// <returns>For <see cref="SetLabel"/>.</returns>
    /// <exception cref="TraceFileException">Not a softmax vector, another K than the first row's, or more numbers than are held.</exception>
    public TraceRow Add(string condition, ReadOnlySpan<float> probabilities, long number)
    {
        if (condition.Length == 0)
        {
            throw Defect(number, "'condition' is empty; name it, or leave it out");
        }

        _check.Row(probabilities, number);
        _elements += ClassCount;
        if (_elements > NpyReader.MaxElements)
        {
            throw Defect(number, $"more than {NpyReader.MaxElements} probabilities in all; split the file");
        }

        ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, condition, out var known);
        if (!known)
        {
            rows = new Rows();
            _order.Add(condition);
        }

        rows!.Probabilities.AddRange(probabilities);
        rows.Labels.Add(NoLabel);
        return new TraceRow(condition, rows.Labels.Count - 1);
    }

    /// <summary>A label set again replaces the one before.</summary>
    /// <exception cref="TraceFileException">Outside 0…K−1.</exception>
    public void SetLabel(TraceRow row, long label, long number)
    {
        _rows[row.Condition].Labels[row.Index] = _check.Label(label, number);
    }

    /// <summary>The whole file has been read.</summary>
    /// <exception cref="TraceFileException">It had no row.</exception>
    public ITraceSource Complete() => _order.Count > 0 ? this : throw new TraceFileException($"{path}: has no row; expected at least 1.");

    public ReferenceSet Load(string condition)
    {
        var rows = _rows[condition];
        rows.Labelled ??= rows.Select(ClassCount);
        return rows.Labelled.Count > 0
            ? rows.Labelled
            : throw new TraceFileException($"{path}: condition '{condition}' has no label for any of its {rows.Labels.Count} rows; at least 1 is needed.");
    }

    public int Unlabelled(string condition) => _rows[condition].Labels.Count(l => l == NoLabel);

    public TraceFileException Defect(long number, string text) => _check.Defect(number, text);

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
