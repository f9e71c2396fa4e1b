using System.Globalization;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>What the classes are called, and how a label says which one it is.</summary>
internal sealed class ClassScheme
{
    private const int MostShown = 12;
    private const int Ambiguous = -1;
    private readonly Dictionary<string, int>? _byName;
    private readonly Dictionary<double, int> _byNumber = [];
    private readonly Dictionary<bool, int> _byTruth = [];
    private readonly string? _firstBy;

    /// <param name="count">K, at least 2.</param>
    /// <param name="names">By index; null: the classes have only numbers.</param>
    /// <param name="first">Number of the first class, 0 or 1.</param>
    /// <param name="firstBy">What says so, for messages; null: it is the default.</param>
    public ClassScheme(int count, IReadOnlyList<string>? names, int first, string? firstBy)
    {
        (Count, Names, First, _firstBy) = (count, names, first, firstBy);
        if (names is not null)
        {
            _byName = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < names.Count; i++)
            {
                _byName.TryAdd(names[i], i);
                if (Cell.Of(names[i]).TryNumber(out var number) && double.IsFinite(number))
                {
                    // Two names of one number: only the text tells them apart.
                    _byNumber[number] = _byNumber.ContainsKey(number) ? Ambiguous : i;
                }

                if (bool.TryParse(names[i], out var truth))
                {
                    _byTruth[truth] = _byTruth.ContainsKey(truth) ? Ambiguous : i;
                }
            }
        }
    }

    public int Count { get; }

    public IReadOnlyList<string>? Names { get; }

    public int First { get; }

    /// <summary>Whether a number in a label is a name. It is then never an index.</summary>
    public bool NamesAreNumbers => _byNumber.Count > 0;

    /// <summary>As <c>0 = cat, 1 = dog</c>.</summary>
    public string Mapping
    {
        get
        {
            var all = Enumerable.Range(0, Count).Select(i => Names is null
                ? string.Create(CultureInfo.InvariantCulture, $"label {First + i} = class {i}")
                : string.Create(CultureInfo.InvariantCulture, $"{i} = {Names[i]}"));
            return (Names, First) is (null, 0) ? $"labels 0…{Count - 1}" : string.Join(", ", all.Take(MostShown)) + (Count > MostShown ? ", …" : "");
        }
    }

    /// <summary>What a label may be, for messages.</summary>
    public string Range => Names is not null
        ? $"one of {string.Join(", ", Names.Take(MostShown))}{(Count > MostShown ? ", …" : "")}"
        : $"{First}…{First + Count - 1}";

    /// <returns>Null if it is no class.</returns>
    public int? IndexOf(Cell cell) =>
        cell.Kind is CellKind.Text or CellKind.Number && _byName?.TryGetValue(cell.Text, out var named) == true ? named
        : cell.TryNumber(out var number) ? IndexOf(number)
        : null;

    /// <summary>What a class is called in files: its name, or its number as labels have it.</summary>
    public string NameOf(int index) => Names?[index] ?? (First + index).ToString(CultureInfo.InvariantCulture);

    /// <returns>0…K−1; null: the row has no label.</returns>
    /// <exception cref="TraceFileException">It is no class.</exception>
    public int? Label(RowReader rows, int column)
    {
        if (column < 0 || rows[column] is not { IsEmpty: false } cell)
        {
            return null;
        }

        if (LabelOf(cell) is { } index)
        {
            return index;
        }

        if (cell.Kind == CellKind.Numbers)
        {
            throw Wrong(rows, column, $"one 1 among {Count} numbers, the others 0");
        }

        if (cell.IsMissing)
        {
            return null;
        }

        throw Wrong(rows, column, Names is null && !cell.TryNumber(out var number)
            ? $"a class index, {Range} (names: --classes FILE, one a line in the order of the probabilities)"
            : cell.TryNumber(out number) ? $"{(Math.Floor(number) == number || NamesAreNumbers ? "" : "a class index, ")}{Range}{Hint(number)}"
            : Range);
    }

    /// <summary>The class that a label says: by name, number, one-hot list or truth value.</summary>
    /// <returns>0…K−1; null: no label, or no class.</returns>
    public int? LabelOf(Cell cell) => cell.Kind == CellKind.Numbers ? OneHot(cell.Numbers)
        : IndexOf(cell) is { } index ? index
        : cell.Kind is CellKind.Truth or CellKind.Text && bool.TryParse(cell.Text, out var truth) ? IndexOf(truth)
        : null;

    /// <summary>The class whose name differs from a text only in case; null: none, or several.</summary>
    public int? IgnoringCase(string text)
    {
        int[] same = [.. Enumerable.Range(0, Names?.Count ?? 0).Where(i => string.Equals(Names![i], text, StringComparison.OrdinalIgnoreCase))];
        return same is [var one] ? one : null;
    }

    /// <returns>Null if it is not a single 1 among zeros.</returns>
    public int? OneHot(IReadOnlyList<float> values)
    {
        var found = -1;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] != 0 && (values[i] != 1 || found >= 0))
            {
                return null;
            }

            found = values[i] == 1 ? i : found;
        }

        return values.Count == Count && found >= 0 ? found : null;
    }

    private int? IndexOf(double number) =>
        NamesAreNumbers ? (_byNumber.TryGetValue(number, out var named) && named != Ambiguous ? named : null)
        : Math.Floor(number) == number && number >= First && number < First + Count ? (int)number - First
        : null;

    /// <summary>Of two classes without such a name, true is class 1.</summary>
    private int? IndexOf(bool truth) =>
        _byTruth.Count > 0 ? (_byTruth.TryGetValue(truth, out var named) && named != Ambiguous ? named : null)
        : NamesAreNumbers ? IndexOf(truth ? 1.0 : 0.0)
        : Count == 2 ? (truth ? 1 : 0)
        : null;

    private string Hint(double number) =>
        NamesAreNumbers ? ""
        : First == 0 && number == Count ? " (labels that count from 1: --classes-from 1)"
        : First == 1 && number == 0 && _firstBy is not null ? $", as {_firstBy} (labels that count from 0: --classes-from 0)"
        : "";

    private static TraceFileException Wrong(RowReader rows, int column, string expected) =>
        rows.Defect($"'{rows.Names[column]}' is {rows[column]}; expected {expected}");
}
