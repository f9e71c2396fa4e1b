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
    private readonly OutputReader _outputs = new(options, mostElements);
    private double _spreadMass;

    public TraceUnderstanding Understood { get; private set; } = new() { Path = path };

    /// <summary>K of the first row; 0 before it.</summary>
    public int ClassCount => _outputs.Classes?.Count ?? 0;

    /// <summary>Whether the labels come with inclusion probabilities.</summary>
    public bool HasInclusion => _labels?.HasInclusion == true;

    /// <param name="take">Given each row; a defect that it throws counts as the row's.</param>
    /// <exception cref="TraceFileException">A defect of the file, or one row with a defect more than may be left out.</exception>
    public void Read(Action<TraceEntry> take)
    {
        foreach (var part in TracePart.Of(path))
        {
            using var rows = part.Open(options.Delimiter);
            var table = new TraceTable(ColumnRoles.Of(rows, options), rows.Names.Count, Understood.Rows);
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
            Classes = _outputs.Classes,
            Outputs = _outputs.Columns,
            Form = _outputs.Form,
            TimeForm = _time.Form,
            Earliest = _time.Earliest,
            Latest = _time.Latest,
            SpreadMass = Understood.Rows > 0 ? _spreadMass / Understood.Rows : 0,
            Joined = _labels?.Outcome(),
        };
    }

    private bool Next(TracePart part, RowReader rows, TraceTable table, Action<TraceEntry> take)
    {
        try
        {
            if (!rows.Read())
            {
                return false;
            }

            table.Follow(rows, options);
            var entry = Entry(part, rows, table);
            if (_labels is null)
            {
                take(entry);
            }
            else if (entry.Probabilities is not null)
            {
                take(_labels.Join(entry, _outputs.Classes!));
            }

            _time.Accept();
            if (entry.Probabilities is not null)
            {
                _spreadMass += table.Outputs?.Kind == OutputKind.TopK ? _outputs.Spread : 0;
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
            table.Forget(Understood.Rows);
            if (Understood.Rows == 0)
            {
                _outputs.Forget();
            }
        }

        return true;
    }

    private TraceEntry Entry(TracePart part, RowReader rows, TraceTable table)
    {
        var roles = table.Roles;
        table.Outputs ??= new OutputFinder(rows, roles, options, () => table.Sample ??= Sample(part, roles)).Find();
        var probabilities = table.Outputs is { } outputs ? _outputs.Read(rows, table, outputs) : null;
        var entry = new TraceEntry
        {
            Number = rows.Number,
            Unit = rows.Unit,
            Path = rows.Path,
            IsLog = rows.IsLog,
            Probabilities = probabilities,
            Label = _outputs.Classes is { } classes && _labels is null ? classes.Label(rows, roles.Label) : null,
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
            : _outputs.Classes is null ? throw rows.Defect($"a label for '{entry.Id}', which is no prediction on an earlier line{Others(rows, roles)}")
            : entry;
    }

    private RowSample Sample(TracePart part, ColumnRoles roles)
    {
        using var again = part.Open(options.Delimiter);
        return RowSample.Of(again, roles.Label);
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
}
