using System.Globalization;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

internal enum OutputKind
{
    /// <summary>One column holds all K numbers.</summary>
    List,

    /// <summary>A column per class.</summary>
    PerClass,

    /// <summary>One column holds the most probable classes with their probabilities.</summary>
    TopK,

    /// <summary>One column holds one number of two classes.</summary>
    Single,
}

/// <summary>The columns that hold the outputs of the deployed model.</summary>
/// <param name="Kind">How.</param>
/// <param name="Columns">One, or one per class by class.</param>
/// <param name="Names">Of the classes, where the columns are named by them.</param>
/// <param name="First">Number of the first class where the columns count; null: they don't.</param>
/// <param name="Form">What the name of the columns says; null: nothing.</param>
internal sealed record OutputColumns(OutputKind Kind, int[] Columns, IReadOnlyList<string>? Names = null, int? First = null, OutputForm? Form = null)
{
    public string NameOf(RowReader rows, int i) => Kind switch
    {
        OutputKind.List => string.Create(CultureInfo.InvariantCulture, $"{rows.Names[Columns[0]]}[{i}]"),
        OutputKind.PerClass => rows.Names[Columns[i]],
        _ => rows.Names[Columns[0]],
    };

    public string Describe(RowReader rows) => Kind switch
    {
        OutputKind.List => $"list '{rows.Names[Columns[0]]}'",
        OutputKind.PerClass => $"columns {rows.Names[Columns[0]]}…{rows.Names[Columns[^1]]}",
        OutputKind.TopK => $"top-k lists '{rows.Names[Columns[0]]}'",
        _ => $"column '{rows.Names[Columns[0]]}'",
    };

    /// <summary>The numbers of the row as they are; not for top-k lists.</summary>
    /// <returns>Null if the row has none.</returns>
    /// <exception cref="TraceFileException">One is missing, or no number.</exception>
    public float[]? Read(RowReader rows)
    {
        if (Array.TrueForAll(Columns, c => rows[c].IsEmpty))
        {
            return null;
        }

        if (Kind == OutputKind.List)
        {
            var cell = rows[Columns[0]];
            return cell.Kind switch
            {
                CellKind.Numbers => [.. cell.Numbers],
                CellKind.Text when NumberList.TryParse(cell.Text, out var numbers) => numbers,
                _ => throw rows.Defect($"'{rows.Names[Columns[0]]}' is {cell}; expected an array of "
                    + $"numbers{(cell.TryNumber(out _) ? " (one probability, of class 1 of two: --form sigmoid)" : "")}"),
            };
        }

        var row = new float[Columns.Length];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = rows[Columns[i]].TryFloat(out var p) ? p : throw rows.Defect($"'{rows.Names[Columns[i]]}' is {rows[Columns[i]]}; expected a number");
        }

        return row;
    }
}
