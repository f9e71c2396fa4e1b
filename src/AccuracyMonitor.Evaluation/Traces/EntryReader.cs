using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Reads a trace of any format as checked rows. What the columns mean is decided once: from the names of the columns and the first rows, and from what the
/// user says; <see cref="Understood"/> tells what it was.
/// </summary>
/// <param name="path">A file, or a partitioned folder.</param>
/// <param name="options">What the user says.</param>
/// <param name="needsLabel">Whether a table without a column of labels is refused.</param>
/// <param name="mostElements">Probabilities in all; fewer where the caller holds them.</param>
internal sealed class EntryReader(string path, TraceOptions options, bool needsLabel, long mostElements = NpyReader.MaxElements)
{
    private readonly TraceTime _time = new(options.TimeFormat);
    private readonly LabelJoin? _labels = options.Labels is { } labels ? LabelJoin.Read(labels) : null;
    private ClassScheme? _classes;
    private TopKLists? _top;
    private int _firstColumn;
    private long _first;
    private long _elements;
    private double _spreadMass;

    public TraceUnderstanding Understood { get; private set; } = new() { Path = path };

    /// <summary>K of the first row; 0 before it.</summary>
    public int ClassCount => _classes?.Count ?? 0;

    /// <summary>Whether the labels come with inclusion probabilities.</summary>
    public bool HasInclusion => _labels?.HasInclusion == true;

    /// <param name="take">Given each row; a defect that it throws counts as the row's.</param>
    /// <exception cref="TraceFileException">A defect of the file, or one row with a defect more than may be left out.</exception>
    public void Read(Action<TraceEntry> take)
    {
        foreach (var part in TracePart.Of(path))
        {
            using var rows = part.Open(options.Delimiter);
            var table = new Table(ColumnRoles.Of(rows, options), rows.Names.Count, Understood.Rows);
            if (needsLabel && _labels is null && !rows.IsLog && table.Roles.Label < 0)
            {
                throw new TraceFileException($"{rows.Path}: column 'label' is missing (another name: --map label=NAME). It has: "
                    + $"{ColumnNames.List(rows.Names)}.");
            }

            while (Next(part, rows, table, take))
            {
            }

            Understood = Understood with
            {
                IsLog = rows.IsLog,
                Dialect = rows.Dialect is { } dialect ? $"{dialect}{(table.DecimalComma ? ", decimal commas" : "")}" : Understood.Dialect,
            };
        }

        Understood = Understood with
        {
            Classes = _classes,
            TimeForm = _time.Form,
            Earliest = _time.Earliest,
            Latest = _time.Latest,
            SpreadMass = Understood.Rows > 0 ? _spreadMass / Understood.Rows : 0,
            Joined = _labels?.Outcome(),
        };
    }

    private bool Next(TracePart part, RowReader rows, Table table, Action<TraceEntry> take)
    {
        try
        {
            if (!rows.Read())
            {
                return false;
            }

            if (rows.Names.Count != table.Known)
            {
                table.Known = rows.Names.Count;
                table.Roles = ColumnRoles.Of(rows, options);
            }

            var entry = Entry(part, rows, table);
            if (_labels is null)
            {
                take(entry);
            }
            else if (entry.Probabilities is not null)
            {
                take(_labels.Join(entry, _classes!));
            }

            _time.Accept();
            if (entry.Probabilities is not null)
            {
                _spreadMass += table.Outputs?.Kind == OutputKind.TopK ? _top!.Spread : 0;
                Understood = Understood with { Rows = Understood.Rows + 1 };
            }
        }
        catch (TraceFileException e) when (e.IsOfRow && options.MaxErrors > 0)
        {
            if (Understood.Skipped.Count >= options.MaxErrors)
            {
                throw new TraceFileException($"{e.Message} {Understood.Skipped.Count} rows before have a defect too; --max-errors is {options.MaxErrors}.", e);
            }

            Understood.Skipped.Add(e.Message);
            Forget(table);
        }

        return true;
    }

    /// <summary>What a row with a defect said about the rows behind it holds only if an earlier row said the same.</summary>
    private void Forget(Table table)
    {
        if (Understood.Rows == 0)
        {
            (_classes, _top) = (null, null);
        }

        if (Understood.Rows == table.RowsBefore)
        {
            (table.Outputs, table.Begun, table.DecimalComma) = (null, false, false);
        }
    }

    private TraceEntry Entry(TracePart part, RowReader rows, Table table)
    {
        var roles = table.Roles;
        table.Outputs ??= new OutputFinder(rows, roles, options, () => table.Sample ??= Sample(part, roles)).Find();
        var probabilities = table.Outputs is { } outputs ? Probabilities(rows, table, outputs) : null;
        var entry = new TraceEntry
        {
            Number = rows.Number,
            Unit = rows.Unit,
            Path = rows.Path,
            IsLog = rows.IsLog,
            Probabilities = probabilities,
            Label = _classes is { } classes && _labels is null ? classes.Label(rows, roles.Label) : null,
            Id = Text(rows, roles.Id),
            Time = _time.Read(rows, roles.Time),
            Condition = Text(rows, roles.Condition),
            Model = Text(rows, roles.Model),
            Version = Text(rows, roles.Version),
            Segment = Text(rows, roles.Segment),
        };
        if (entry.Condition?.Length == 0 || (entry.Condition is null && roles.Condition >= 0 && !rows.IsLog))
        {
            throw rows.Defect($"'{rows.Names[roles.Condition]}' is empty; name it, or leave it out");
        }

        var labelled = roles.Label >= 0 && !rows[roles.Label].IsMissing;
        return probabilities is not null ? entry
            : !labelled ? throw rows.Defect($"has neither 'probabilities' nor 'label'{Others(rows, roles)}")
            : entry.Id is null ? throw rows.Defect($"has a 'label' without probabilities and without an 'id'{Others(rows, roles)}")
            : _classes is null ? throw rows.Defect($"a label for '{entry.Id}', which is no prediction on an earlier line{Others(rows, roles)}")
            : entry;
    }

    private RowSample Sample(TracePart part, ColumnRoles roles)
    {
        using var again = part.Open(options.Delimiter);
        return RowSample.Of(again, roles.Label);
    }

    private float[]? Probabilities(RowReader rows, Table table, OutputColumns outputs)
    {
        float[] row;
        if (outputs.Kind == OutputKind.TopK)
        {
            if (rows[outputs.Columns[0]] is not { Kind: CellKind.Items })
            {
                return rows[outputs.Columns[0]].IsEmpty ? null
                    : throw rows.Defect($"'{rows.Names[outputs.Columns[0]]}' is {rows[outputs.Columns[0]]}; expected a list of objects");
            }

            var count = TopKLists.CountOf(rows, options) ?? ClassCount;
            if (count == 0)
            {
                throw rows.Defect($"'{rows.Names[outputs.Columns[0]]}' lists the most probable classes, and nothing says how many there are; expected "
                    + $"'classes' (K) beside it, or --classes FILE");
            }

            Begin(rows, table, outputs, count, OutputForm.Softmax);
            if (count != ClassCount)
            {
                throw rows.Defect($"{count} classes; {rows.Unit} {_first} has {ClassCount}");
            }

            _top ??= new TopKLists(_classes!);
            row = _top.Read(rows, outputs.Columns[0]);
        }
        else
        {
            if (outputs.Read(rows) is not { } numbers)
            {
                return null;
            }

            var single = outputs.Kind == OutputKind.Single || (options.Form == OutputForm.Sigmoid && numbers.Length == 1);
            var form = options.Form ?? outputs.Form ?? OutputForm.Softmax;
            Begin(rows, table, outputs, single ? 2 : numbers.Length, single && form == OutputForm.Softmax ? OutputForm.Sigmoid : form, single);
            table.DecimalComma |= outputs.Kind != OutputKind.List && rows[outputs.Columns[0]].HasDecimalComma;
            CheckCount(rows, single ? 2 : numbers.Length);
            CheckFinite(rows, outputs, numbers, form);
            row = OutputForms.ToSoftmax(form, numbers, single);
        }

        if (SoftmaxCheck.Defect(row, out var index) is { } defect)
        {
            defect += options.Form is null ? OutputForms.Hint(row) : $" (--form {options.Form.Value.ToString().ToLowerInvariant()})";
            throw rows.Defect(index < 0 || outputs.Kind is OutputKind.Single ? defect
                : $"'{(outputs.Kind == OutputKind.TopK ? rows.Names[outputs.Columns[0]] : outputs.NameOf(rows, index))}': {defect}");
        }

        _elements += row.Length;
        return _elements <= mostElements
            ? row
            : throw new TraceFileException($"{rows.Path}: {rows.Unit} {rows.Number}: more than {mostElements} probabilities in all; split the file.");
    }

    /// <summary>The first row with outputs says what the classes are.</summary>
    private void Begin(RowReader rows, Table table, OutputColumns outputs, int count, OutputForm form, bool single = false)
    {
        if (_classes is null)
        {
            if (count < 2)
            {
                throw rows.Defect($"{count} probabilities; expected at least 2 (one probability, of class 1 of two: --form sigmoid)");
            }

            if (form == OutputForm.Sigmoid && !single)
            {
                throw new TraceFileException($"{rows.Path}: --form sigmoid is for one column; the outputs have {count}.");
            }

            if (options.Classes is { } given && given.Count != count)
            {
                throw rows.Defect($"{count} probabilities; --classes names {given.Count} classes");
            }

            _classes = new ClassScheme(
                count, options.Classes ?? outputs.Names, options.ClassesFrom ?? outputs.First ?? 0,
                options.ClassesFrom is null && outputs.First == 1
                    ? $"the columns {rows.Names[outputs.Columns[0]]}…{rows.Names[outputs.Columns[^1]]} count from 1" : null);
            (_first, _firstColumn) = (rows.Number, outputs.First ?? 0);
            Understood = Understood with { Outputs = outputs.Describe(rows), Form = OutputForms.Describe(form, single) };
        }
        else if (!table.Begun && outputs.Names is { } names && _classes.Names is { } known && !names.SequenceEqual(known, StringComparer.Ordinal))
        {
            throw new TraceFileException($"{rows.Path}: its classes are {string.Join(", ", names.Take(12))}; those of the files before are "
                + $"{string.Join(", ", known.Take(12))}.");
        }
        else if (!table.Begun && options.ClassesFrom is null && (outputs.First ?? 0) != _firstColumn)
        {
            throw new TraceFileException($"{rows.Path}: its {outputs.Describe(rows)} count from {outputs.First ?? 0}; those of the files before from "
                + $"{_firstColumn}. Give the files the same columns, or say what labels count from: --classes-from.");
        }

        table.Begun = true;
    }

    private void CheckCount(RowReader rows, int count)
    {
        if (count != ClassCount)
        {
            throw rows.Defect($"{count} probabilities; {rows.Unit} {_first} has {ClassCount}");
        }
    }

    private static void CheckFinite(RowReader rows, OutputColumns outputs, float[] numbers, OutputForm form)
    {
        if (form is OutputForm.Logits or OutputForm.Log && Array.FindIndex(numbers, n => !float.IsFinite(n) && !(form == OutputForm.Log
            && float.IsNegativeInfinity(n))) is var i and >= 0)
        {
            throw rows.Defect($"'{outputs.NameOf(rows, i)}' is {numbers[i]}; expected a finite number");
        }
    }

    private static string? Text(RowReader rows, int column) =>
        column < 0 || rows[column].IsEmpty ? null : rows[column] is { Kind: CellKind.Text or CellKind.Number or CellKind.Truth } cell
            ? cell.Text
            : throw rows.Defect($"'{rows.Names[column]}' is {rows[column]}; expected a string");

    /// <summary>For a row of a log whose outputs may be under a name that is not known.</summary>
    private static string Others(RowReader rows, ColumnRoles roles)
    {
        string[] others = [.. Enumerable.Range(0, rows.Names.Count).Where(i => !roles.Has(i) && !rows[i].IsEmpty).Select(i => rows.Names[i])];
        return others.Length == 0 ? "" : $"; it has {ColumnNames.List(others)} (--map probabilities=NAME)";
    }

    /// <summary>What is known of one file's columns.</summary>
    private sealed class Table(ColumnRoles roles, int known, long rowsBefore)
    {
        public ColumnRoles Roles { get; set; } = roles;

        public int Known { get; set; } = known;

        /// <summary>Predictions of the files before.</summary>
        public long RowsBefore => rowsBefore;

        public RowSample? Sample { get; set; }

        public OutputColumns? Outputs { get; set; }

        public bool Begun { get; set; }

        public bool DecimalComma { get; set; }
    }
}
