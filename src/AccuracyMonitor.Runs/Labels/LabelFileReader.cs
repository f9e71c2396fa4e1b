using System.Globalization;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Labels;

/// <summary>Reads a file of labels by prediction id, in any format of a trace but <c>.npz</c>. Holds its rows.</summary>
internal sealed class LabelFileReader
{
    private readonly LabelFileOptions _options;
    private readonly List<LabelRow?> _rows = [];
    private readonly List<RejectedRow> _rejected = [];

    // By prediction: where its row is in the list; −1 for one whose rows contradict each other.
    private readonly Dictionary<(string Model, string Version, string Id), int> _byPrediction = [];
    // By their first row's place in the list.
    private readonly Dictionary<int, List<RowPlace>> _repeats = [];
    private long _empty;
    private bool _revealed;
    private bool _protected;

    private LabelFileReader(LabelFileOptions options) => _options = options;

    /// <exception cref="TraceFileException">It cannot be read, or has no such columns. A defect of one row is none of these.</exception>
    public static LabelFileContent Read(string path, LabelFileOptions options)
    {
        var reader = new LabelFileReader(options);
        return TraceFile.Guard(path, () =>
        {
            foreach (var part in TracePart.Of(path))
            {
                using var rows = part.Open(options.Delimiter);

                // An export protects text from spreadsheets in CSV only.
                reader._protected = TraceFormats.Of(part.Path) == TraceFormat.Csv;
                reader.Read(rows);
            }

            return new LabelFileContent
            {
                Rows = [.. reader.RowsWithRepeats()],
                Rejected = reader._rejected,
                Empty = reader._empty,
                Revealed = reader._revealed,
            };
        });
    }

    private void Read(RowReader rows)
    {
        var (known, columns) = (rows.Names.Count, LabelColumns.Of(rows, _options));
        while (Next(rows))
        {
            if (rows.Names.Count != known)
            {
                (known, columns) = (rows.Names.Count, LabelColumns.Of(rows, _options));
            }

            try
            {
                Take(rows, columns);
            }
            catch (TraceFileException e) when (e.IsOfRow)
            {
                Reject(rows, e);
            }
        }

        _revealed |= LabelColumns.Reveal(rows);
    }

    /// <summary>Goes to the next row that can be read.</summary>
    private bool Next(RowReader rows)
    {
        while (true)
        {
            try
            {
                return rows.Read();
            }
            catch (TraceFileException e) when (e.IsOfRow)
            {
                Reject(rows, e);
            }
        }
    }

    private void Take(RowReader rows, LabelColumns columns)
    {
        var place = new RowPlace(rows.Path, rows.Unit, rows.Number);
        var label = CellOf(rows, columns.Label);
        if (label.IsMissing)
        {
            _empty++;
            return;
        }

        var (id, model, version) = (
            TextOf(rows, columns.Id), TextOf(rows, columns.Model) ?? _options.Model, TextOf(rows, columns.Version) ?? _options.Version);
        if (id is null || model.Length == 0 || version.Length == 0)
        {
            var field = id is null ? _options.IdColumn ?? "id" : model.Length == 0 ? "model" : "version";
            _rejected.Add(new RejectedRow(place, field, "is empty, and the row has a label"));
        }
        else if (ClassOf(label) is { } choice)
        {
            Add(new LabelRow(place, new PredictionRef { Model = model, Version = version, PredictionId = id }, choice));
        }
        else
        {
            _rejected.Add(new RejectedRow(place, _options.LabelColumn, $"{label} is no class; expected {Expected}"));
        }
    }

    /// <summary>3 and 3.0 are one class, and so is a name in other letters. Where the user gives no names, the sidecar knows them.</summary>
    private ClassChoice? ClassOf(Cell label) =>
        (_options.Classes.LabelOf(label) ?? (label.Kind == CellKind.Text ? _options.Classes.IgnoringCase(label.Text) : null)) is { } index
            ? new ClassChoice(index)
        : _options.Classes.Names is null && label.Kind is CellKind.Text && !label.TryNumber(out _)
            ? ClassChoice.Named(Written(label.Text))
            : null;

    private string Expected => _options.Classes.Names is null
        ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {_options.Classes.First}, or a name")
        : _options.Classes.Range;

    private void Add(LabelRow row)
    {
        var key = (row.Prediction.Model, row.Prediction.Version, row.Prediction.PredictionId);
        if (!_byPrediction.TryGetValue(key, out var index))
        {
            _byPrediction.Add(key, _rows.Count);
            _rows.Add(row);
            return;
        }

        var earlier = index < 0 ? null : _rows[index];
        if (earlier?.Class == row.Class)
        {
            if (!_repeats.TryGetValue(index, out var places))
            {
                _repeats.Add(index, places = []);
            }

            places.Add(row.Place);
            return;
        }

        // None of them counts: nobody knows which one is meant, and the order of the rows must not decide.
        if (earlier is not null)
        {
            _rejected.AddRange(_repeats.GetValueOrDefault(index, []).Prepend(earlier.Place).Select(place => Contradiction(earlier with { Place = place })));
            _rows[index] = null;
            _byPrediction[key] = -1;
        }

        _rejected.Add(Contradiction(row));
    }

    private IEnumerable<LabelRow> RowsWithRepeats()
    {
        for (var i = 0; i < _rows.Count; i++)
        {
            if (_rows[i] is { } row)
            {
                yield return _repeats.TryGetValue(i, out var places) ? row with { Repeats = places } : row;
            }
        }
    }

    private RejectedRow Contradiction(LabelRow row) => new(
        row.Place, _options.LabelColumn, $"'{row.Prediction.PredictionId}' has another label on another row; keep one of them");

    private void Reject(RowReader rows, TraceFileException e)
    {
        var place = new RowPlace(rows.Path, rows.Unit, rows.Number);
        var text = e.Message.StartsWith($"{place}: ", StringComparison.Ordinal) ? e.Message[$"{place}: ".Length..] : e.Message;
        _rejected.Add(new RejectedRow(place, "row", text));
    }

    private static Cell CellOf(RowReader rows, int column) => column < 0 ? default : rows[column];

    private string? TextOf(RowReader rows, int column) => CellOf(rows, column) is { IsEmpty: false } cell ? Written(cell.Text) : null;

    private string Written(string text) => _protected ? SpreadsheetText.Unprotect(text) : text;
}
