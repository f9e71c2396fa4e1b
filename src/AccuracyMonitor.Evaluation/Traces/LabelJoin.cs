using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Labels of a file by id, and what became of each. Memory grows with the number of its ids, not with that of the predictions.</summary>
internal sealed class LabelJoin
{
    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private readonly Tally _contradictory = new();
    private readonly Tally _outside = new();
    private readonly LabelSource _source;
    private readonly RowIds _fileIds = new();
    private readonly RowIds _predictionIds = new();
    private long _duplicates;
    private long _withoutId;
    private long _joined;
    private long _otherCase;
    private string _range = "";
    private string? _anyPrediction;

    private LabelJoin(LabelSource source) => _source = source;

    /// <summary>Whether a row has an inclusion probability.</summary>
    public bool HasInclusion { get; private set; }

    /// <exception cref="TraceFileException">It cannot be read, has no such columns, or an inclusion probability is outside (0, 1].</exception>
    public static LabelJoin Read(LabelSource source)
    {
        var join = new LabelJoin(source);
        return TraceFile.Guard(source.Path, () =>
        {
            foreach (var part in TracePart.Of(source.Path))
            {
                using var rows = part.Open(source.Delimiter);
                join.Read(rows);
            }

            return join;
        });
    }

    /// <summary>The entry with the label and the inclusion probability that the file has for its id.</summary>
    public TraceEntry Join(TraceEntry entry, ClassScheme classes)
    {
        _range = classes.Range;
        var id = _predictionIds.Of(entry.Id, entry.Path, entry.Unit, entry.Number);
        _anyPrediction ??= id;
        if (!_rows.TryGetValue(id, out var row))
        {
            return entry;
        }

        var isFirst = !row.IsKnown;
        row.IsKnown = true;
        var label = row.IsContradictory ? null : classes.LabelOf(row.Label);
        if (label is null && !row.IsContradictory && row.Label.Kind == CellKind.Text && classes.IgnoringCase(row.Label.Text) is { } typed)
        {
            label = typed;
            _otherCase += isFirst ? 1 : 0;
        }

        if (isFirst)
        {
            _joined += label is null ? 0 : 1;
            if (label is null && !row.Label.IsMissing && !row.IsContradictory)
            {
                _outside.Add($"{row.Label} of '{id}'");
            }
        }

        return entry with { Label = label, InclusionProbability = row.Inclusion };
    }

    /// <summary>To be asked for after the last prediction.</summary>
    public LabelOutcome Outcome()
    {
        var unknown = new Tally();
        foreach (var (id, _) in _rows.Where(r => !r.Value.IsKnown))
        {
            unknown.Add($"'{id}'");
        }

        return new LabelOutcome
        {
            Path = _source.Path,
            HasInclusion = HasInclusion,
            Ids = _rows.Count,
            Joined = _joined,
            Empty = _rows.Values.LongCount(r => r.Label.IsMissing),
            Duplicates = _duplicates,
            WithoutId = _withoutId,
            Unknown = unknown.Counted,
            Contradictory = _contradictory.Counted,
            Outside = _outside.Counted,
            Range = _range,
            OtherCase = _otherCase,
            AnyPrediction = _anyPrediction,
            IsTrace = _source.IsTrace,
        };
    }

    private void Read(RowReader rows)
    {
        var (known, columns) = (rows.Names.Count, Columns.Of(rows, _source));
        while (rows.Read())
        {
            if (rows.Names.Count != known)
            {
                (known, columns) = (rows.Names.Count, Columns.Of(rows, _source));
            }

            var label = columns.Label < 0 ? default : rows[columns.Label];
            var id = columns.Id < 0 || rows[columns.Id].IsEmpty ? null : rows[columns.Id].Text;
            var inclusion = Inclusion(rows, columns.Inclusion);
            if (_source.IsTrace)
            {
                id = _fileIds.Of(id, rows.Path, rows.Unit, rows.Number);

                // A row that was drawn counts as such before it has its label.
                if (label.IsMissing && inclusion is null)
                {
                    continue;
                }
            }

            if (id is null)
            {
                _withoutId += label.IsMissing ? 0 : 1;
                continue;
            }

            HasInclusion |= inclusion is not null;
            Add(id, label, inclusion);
        }
    }

    private void Add(string id, Cell label, double? inclusion)
    {
        if (!_rows.TryGetValue(id, out var row))
        {
            _rows.Add(id, new Row { Label = label, Inclusion = inclusion });
            return;
        }

        row.Inclusion ??= inclusion;
        if (label.IsMissing)
        {
            return;
        }

        if (row.Label.IsMissing || _source.IsTrace)
        {
            row.Label = label;
        }
        else if (Same(row.Label, label))
        {
            _duplicates++;
        }
        else if (!row.IsContradictory)
        {
            row.IsContradictory = true;
            _contradictory.Add($"'{id}': {row.Label} and {label}");
        }
    }

    /// <summary>3 and 3.0 are one label.</summary>
    private static bool Same(Cell one, Cell other) => one.ToString() == other.ToString()
        || (one.TryNumber(out var a) && other.TryNumber(out var b) && a == b);

    private static double? Inclusion(RowReader rows, int column)
    {
        if (column < 0 || rows[column].IsMissing)
        {
            return null;
        }

        return rows[column].TryNumber(out var inclusion) && inclusion is > 0 and <= 1
            ? inclusion
            : throw rows.Defect($"'{LabelSource.InclusionColumn}' is {rows[column]}; expected a number above 0 and at most 1, as 'select' wrote it");
    }

    private sealed record Columns(int Id, int Label, int Inclusion)
    {
        public static Columns Of(RowReader rows, LabelSource source)
        {
            var columns = new Columns(Find(rows, source.IdColumn), Find(rows, source.LabelColumn), Find(rows, LabelSource.InclusionColumn));
            return rows.IsLog || ((columns.Id >= 0 || source.IsTrace) && columns.Label >= 0) ? columns
                : columns.Label >= 0 ? throw Missing(rows, source.IdColumn, "another name: --id-column NAME")
                : throw Missing(rows, source.LabelColumn, $"another name: --label-column NAME{(source.IsTrace ? "; in another file: --labels FILE" : "")}");
        }

        private static int Find(RowReader rows, string name)
        {
            int[] found = [.. Enumerable.Range(0, rows.Names.Count).Where(i => string.Equals(rows.Names[i], name, StringComparison.Ordinal))];
            return found.Length > 1 ? throw new TraceFileException($"{rows.Path}: column '{name}' is there more than once.") : found is [var one] ? one : -1;
        }

        private static TraceFileException Missing(RowReader rows, string name, string help) =>
            new($"{rows.Path}: column '{name}' is missing ({help}). It has: {ColumnNames.List(rows.Names)}.");
    }

    private sealed class Row
    {
        public Cell Label { get; set; }

        public double? Inclusion { get; set; }

        public bool IsContradictory { get; set; }

        /// <summary>Whether a prediction has the id.</summary>
        public bool IsKnown { get; set; }
    }

    private sealed class Tally
    {
        private readonly List<string> _examples = [];
        private long _count;

        public Counted Counted => new(_count, _examples);

        public void Add(string example)
        {
            _count++;
            if (_examples.Count < Counted.MostExamples)
            {
                _examples.Add(example);
            }
        }
    }
}
