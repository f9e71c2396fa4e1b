using System.Runtime.InteropServices;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Reads the outputs of each row as probabilities. The first row with outputs says what the classes are; further rows must agree with it.</summary>
/// <param name="options">What the user says.</param>
/// <param name="mostElements">Probabilities in all.</param>
internal sealed class OutputReader(TraceOptions options, long mostElements)
{
    private TopKLists? _top;
    private int _firstColumn;
    private long _first;
    private long _elements;

    /// <summary>Null before the first row with outputs.</summary>
    public ClassScheme? Classes { get; private set; }

    /// <summary>The columns that hold the outputs, in words.</summary>
    public string Columns { get; private set; } = "";

    /// <summary>What the outputs are, in words.</summary>
    public string Form { get; private set; } = "softmax";

    /// <summary>Mass of the last row that a top-k list left to several classes.</summary>
    public double Spread => _top?.Spread ?? 0;

    private int ClassCount => Classes?.Count ?? 0;

    /// <summary>The classes came from a row with a defect.</summary>
    public void Forget() => (Classes, _top) = (null, null);

    /// <returns>Null if the row has no outputs.</returns>
    public float[]? Read(RowReader rows, TraceTable table, OutputColumns outputs)
    {
        if ((outputs.Kind == OutputKind.TopK ? TopK(rows, table, outputs) : Numbers(rows, table, outputs)) is not { } row)
        {
            return null;
        }

        Check(rows, outputs, row);
        _elements += row.Length;
        return _elements <= mostElements
            ? row
            : throw new TraceFileException($"{rows.Path}: {rows.Unit} {rows.Number}: more than {mostElements} probabilities in all; split the file.");
    }

    /// <returns>Null if the row has no outputs.</returns>
    private float[]? TopK(RowReader rows, TraceTable table, OutputColumns outputs)
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

        Begin(rows, table, outputs, new Shape(count, OutputForm.Softmax));
        if (count != ClassCount)
        {
            throw rows.Defect($"{count} classes; {rows.Unit} {_first} has {ClassCount}");
        }

        _top ??= new TopKLists(Classes!);
        return _top.Read(rows, outputs.Columns[0]);
    }

    /// <inheritdoc cref="TopK"/>
    private float[]? Numbers(RowReader rows, TraceTable table, OutputColumns outputs)
    {
        if (outputs.Read(rows) is not { } numbers)
        {
            return null;
        }

        var single = outputs.Kind == OutputKind.Single || (options.Form == OutputForm.Sigmoid && numbers.Length == 1);
        var form = options.Form ?? outputs.Form ?? OutputForm.Softmax;
        var shape = new Shape(single ? 2 : numbers.Length, single && form == OutputForm.Softmax ? OutputForm.Sigmoid : form, single);
        Begin(rows, table, outputs, shape);
        table.DecimalComma |= outputs.Kind != OutputKind.List && rows[outputs.Columns[0]].HasDecimalComma;
        if (shape.Count != ClassCount)
        {
            throw rows.Defect($"{shape.Count} probabilities; {rows.Unit} {_first} has {ClassCount}");
        }

        CheckFinite(rows, outputs, numbers, form);
        return OutputForms.ToSoftmax(form, numbers, single);
    }

    private void Check(RowReader rows, OutputColumns outputs, float[] row)
    {
        if (SoftmaxCheck.Defect(row, out var index) is { } defect)
        {
            defect += options.Form is null ? OutputForms.Hint(row) : $" (--form {options.Form.Value.ToString().ToLowerInvariant()})";
            throw rows.Defect(index < 0 || outputs.Kind is OutputKind.Single ? defect
                : $"'{(outputs.Kind == OutputKind.TopK ? rows.Names[outputs.Columns[0]] : outputs.NameOf(rows, index))}': {defect}");
        }
    }

    /// <summary>The first row with outputs says what the classes are.</summary>
    private void Begin(RowReader rows, TraceTable table, OutputColumns outputs, Shape shape)
    {
        if (Classes is null)
        {
            var (count, form, single) = shape;
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

            Classes = new ClassScheme(
                count, options.Classes ?? outputs.Names, options.ClassesFrom ?? outputs.First ?? 0,
                options.ClassesFrom is null && outputs.First == 1
                    ? $"the columns {rows.Names[outputs.Columns[0]]}…{rows.Names[outputs.Columns[^1]]} count from 1" : null);
            (_first, _firstColumn) = (rows.Number, outputs.First ?? 0);
            (Columns, Form) = (outputs.Describe(rows), OutputForms.Describe(form, single));
        }
        else if (!table.Begun && outputs.Names is { } names && Classes.Names is { } known && !names.SequenceEqual(known, StringComparer.Ordinal))
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

    private static void CheckFinite(RowReader rows, OutputColumns outputs, float[] numbers, OutputForm form)
    {
        if (form is OutputForm.Logits or OutputForm.Log && Array.FindIndex(numbers, n => !float.IsFinite(n) && !(form == OutputForm.Log
            && float.IsNegativeInfinity(n))) is var i and >= 0)
        {
            throw rows.Defect($"'{outputs.NameOf(rows, i)}' is {numbers[i]}; expected a finite number");
        }
    }

    /// <param name="Count">Classes.</param>
    /// <param name="Form">What the numbers are.</param>
    /// <param name="IsSingle">One probability stands for two classes.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Shape(int Count, OutputForm Form, bool IsSingle = false);
}
