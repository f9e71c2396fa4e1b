using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Finds the outputs among a table's columns, by name; where names do not tell, by what the first rows hold.</summary>
/// <param name="rows">At a row.</param>
/// <param name="roles">Columns that are something else.</param>
/// <param name="options">What the user says.</param>
/// <param name="sample">The first rows.</param>
internal sealed class OutputFinder(RowReader rows, ColumnRoles roles, TraceOptions options, Func<RowSample> sample)
{
    /// <summary>Names of lists and structs, the better ones first.</summary>
    private static readonly string[][] Lists =
        [["probs", "probabilities"], ["softmax"], ["scores"], ["log_probs", "log_probabilities", "logprobs"], ["logits"]];

    private static readonly string[] TopLists = ["top", "top_k", "topk", "predictions"];
    private static readonly string[] Singles = ["score", "prob", "probability", "p", "y_score", "y_prob"];

    /// <summary>In a log a row may lack a column, so only those count that the row has.</summary>
    private readonly int[] _candidates =
        [.. Enumerable.Range(0, rows.Names.Count).Where(i => rows.Names[i].Length > 0 && !roles.Has(i) && (!rows.IsLog || !rows[i].IsEmpty))];

    /// <returns>Null if this row of a log has no outputs.</returns>
    /// <exception cref="TraceFileException">A table has none, or it is not certain which they are.</exception>
    public OutputColumns? Find()
    {
        if (options.Map.TryGetValue("probabilities", out var name))
        {
            return Named(name) ?? Missing($"has no column '{name}' and none that begins with it (--map probabilities={name})");
        }

        return Known() ?? TopK() ?? Classes() ?? Fitting() ?? Single() ?? OnlyList()
            ?? Missing("has no probability columns; expected p0, p1, … (or another common prefix), columns named by class, or a list 'probabilities'; "
                + "another name: --map probabilities=NAME");
    }

    private OutputColumns? Missing(string text) =>
        rows.IsLog ? null : throw new TraceFileException($"{rows.Path}: {text}. It has: {ColumnNames.List(rows.Names)}.");

    private OutputColumns? Named(string name)
    {
        if (Column(name) is { } column and >= 0)
        {
            return rows[column].Kind switch
            {
                CellKind.Items => new OutputColumns(OutputKind.TopK, [column]),
                CellKind.Number or CellKind.Text when !rows[column].Text.StartsWith('[') => new OutputColumns(OutputKind.Single, [column]),
                _ => new OutputColumns(OutputKind.List, [column], Form: FormOf(name)),
            };
        }

        return Struct(name) ?? NumberedColumns.Of(rows, [.. _candidates.Where(c => ColumnNames.Split(rows.Names[c]).Prefix == name)], FormOf(name));
    }

    private OutputColumns? Known()
    {
        foreach (var names in Lists)
        {
            int[] lists = [.. names.Select(Column).Where(c => c >= 0)];
            if (lists.Length > 1)
            {
                throw new TraceFileException(
                    $"{rows.Path}: columns '{rows.Names[lists[0]]}' and '{rows.Names[lists[1]]}' are both lists of probabilities; expected one (--map "
                        + $"probabilities=…).");
            }

            if (lists.Length == 1)
            {
                return options.Form == OutputForm.Sigmoid && rows[lists[0]].TryNumber(out _)
                    ? new OutputColumns(OutputKind.Single, lists)
                    : rows[lists[0]].Kind == CellKind.Items
                        ? new OutputColumns(OutputKind.TopK, lists)
                        : new OutputColumns(OutputKind.List, lists, Form: FormOf(rows.Names[lists[0]]));
            }

            if (names.Select(Struct).FirstOrDefault(s => s is not null) is { } fields)
            {
                return fields;
            }
        }

        return null;
    }

    /// <summary>The fields of a struct: numbered, or named by class.</summary>
    private OutputColumns? Struct(string name)
    {
        int[] fields = [.. _candidates.Where(c => rows.Names[c].StartsWith(name + ".", StringComparison.Ordinal))];
        if (fields.Length < 2)
        {
            return null;
        }

        string[] classes = [.. fields.Select(f => rows.Names[f][(name.Length + 1)..])];
        return Array.TrueForAll(classes, c => ColumnNames.Split(c) is { Number: >= 0 } split && split.Prefix == ColumnNames.Split(classes[0]).Prefix)
            && NumberedColumns.TryOf(rows, fields, FormOf(name)) is { } numbered
                ? numbered
                : Ordered(fields, classes, FormOf(name));
    }

    private OutputColumns? TopK() =>
        TopLists.Select(Column).FirstOrDefault(c => c >= 0 && rows[c].Kind == CellKind.Items, -1) is var column and >= 0
            ? new OutputColumns(OutputKind.TopK, [column])
            : null;

    /// <summary>The user says the names of the classes, and there is a column for each.</summary>
    private OutputColumns? Classes() =>
        options.Classes is { } classes && classes.All(c => Column(c) >= 0)
            ? new OutputColumns(OutputKind.PerClass, [.. classes.Select(Column)], classes)
            : null;

    /// <summary>Finds output columns by their values where their names do not identify them.</summary>
    private OutputColumns? Fitting() => RowSample.Misfits(options.MaxErrors).Select(m => Numbered(m) ?? ByClass(m)).FirstOrDefault(o => o is not null);

    private OutputColumns? Numbered(int misfits) =>
        NumberedColumns.Find(rows, _candidates, indices => options.Form is not null || sample().SumsToOne(indices, misfits));

    private OutputColumns? ByClass(int misfits) =>
        sample().ClassColumns(_candidates, options.Form is null or OutputForm.Softmax, rows.Names, misfits) is { } columns
            ? Ordered(columns, [.. columns.Select(c => rows.Names[c])], null)
            : null;

    private OutputColumns? Single() => Singles.Select(Column).FirstOrDefault(c => c >= 0, -1) is var column and >= 0
        ? new OutputColumns(OutputKind.Single, [column])
        : null;

    /// <summary>A list under an unknown name, if it is the only one and a softmax vector.</summary>
    private OutputColumns? OnlyList()
    {
        int[] lists = [.. _candidates.Where(c => rows[c] is { Kind: CellKind.Numbers, Numbers.Count: > 1 } cell
            && Math.Abs(cell.Numbers.Sum(n => (double)n) - 1) < 0.02)];
        return lists.Length == 1 ? new OutputColumns(OutputKind.List, lists) : null;
    }

    /// <summary>In the order that the user says; otherwise in that of the columns.</summary>
    private OutputColumns Ordered(int[] columns, string[] classes, OutputForm? form)
    {
        if (options.Classes is { } order && order.Count == classes.Length && order.All(classes.Contains))
        {
            columns = [.. order.Select(name => columns[Array.IndexOf(classes, name)])];
            classes = [.. order];
        }

        return new OutputColumns(OutputKind.PerClass, columns, classes, Form: form);
    }

    private int Column(string name)
    {
        var index = Array.FindIndex(_candidates, c => string.Equals(rows.Names[c], name, StringComparison.Ordinal));
        return index < 0 ? -1 : _candidates[index];
    }

    private static OutputForm? FormOf(string name) => name.StartsWith("logit", StringComparison.OrdinalIgnoreCase) ? OutputForm.Logits
        : name.StartsWith("log", StringComparison.OrdinalIgnoreCase) ? OutputForm.Log
        : null;
}
