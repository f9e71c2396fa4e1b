using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Turns lists of the most probable classes into vectors of K: what a list leaves is spread evenly over the classes that it does not name.</summary>
internal sealed class TopKLists(ClassScheme classes)
{
    private const float Slack = 0.01f;

    /// <summary>Mass of the last row that was spread over two classes or more.</summary>
    public double Spread { get; private set; }

    /// <returns>Null if nothing says how many classes there are.</returns>
    public static int? CountOf(RowReader rows, TraceOptions options)
    {
        var column = -1;
        for (var i = 0; i < rows.Names.Count; i++)
        {
            column = rows.Names[i] is "classes" or "num_classes" or "class_count" && rows[i].Kind == CellKind.Number ? i : column;
        }

        return column >= 0 && rows[column].TryNumber(out var count) && count is >= 2 and <= 1 << 20 && Math.Floor(count) == count
            ? (int)count
            : options.Classes?.Count;
    }

    /// <exception cref="TraceFileException">A class that is none or is there twice, or one that is not listed is more probable than one that is.</exception>
    public float[] Read(RowReader rows, int column)
    {
        var row = new float[classes.Count];
        var listed = new bool[row.Length];
        var (sum, least) = (0.0, float.MaxValue);
        foreach (var item in rows[column].Items)
        {
            var index = classes.IndexOf(item.Class);
            if (index is not { } i || listed[i])
            {
                throw rows.Defect($"'{rows.Names[column]}' names class {item.Class}{(index is null ? $"; expected {classes.Range}" : " twice")}");
            }

            (row[i], listed[i]) = (item.Probability, true);
            sum += item.Probability;
            least = Math.Min(least, item.Probability);
        }

        var others = listed.Count(l => !l);
        var rest = Math.Max(0, 1 - sum);
        if (others > 0 && rest / others > least + Slack)
        {
            throw rows.Defect($"'{rows.Names[column]}' leaves {rest:0.####} to {others} classes and lists one with {least}: it does not list the most "
                + $"probable");
        }

        for (var i = 0; others > 0 && i < row.Length; i++)
        {
            row[i] = listed[i] ? row[i] : (float)(rest / others);
        }

        Spread = others > 1 ? rest : 0;
        return row;
    }
}
