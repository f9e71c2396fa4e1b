using Parquet.Schema;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>The columns of a Parquet file that are a trace's.</summary>
/// <param name="Label">Integer.</param>
/// <param name="Condition">Strings; null when there is none.</param>
/// <param name="List">Elements of the list of K; null when there is a column per class.</param>
/// <param name="Scalars">A column per class, by class; empty when there is a list.</param>
internal sealed record ParquetColumns(DataField Label, DataField? Condition, DataField? List, DataField[] Scalars)
{
    /// <exception cref="TraceFileException">A column is missing, or of another type.</exception>
    public static ParquetColumns Of(string path, ParquetSchema schema)
    {
        var scalars = schema.Fields.OfType<DataField>().ToArray();
        var label = Array.Find(scalars, f => f.Name == TraceColumns.Label)
            ?? throw new TraceFileException(
                $"{path}: column '{TraceColumns.Label}' is missing. It has: {string.Join(", ", schema.Fields.Take(20).Select(f => f.Name))}.");
        Check(path, label, ParquetValues.IsInteger, "an integer of 8 to 64 bits");
        var condition = Array.Find(scalars, f => f.Name == TraceColumns.Condition);
        if (condition is not null)
        {
            Check(path, condition, ParquetValues.IsString, "a string");
        }

        var lists = schema.Fields.OfType<ListField>().Where(f => TraceColumns.Lists.Contains(f.Name, StringComparer.Ordinal)).ToArray();
        if (lists.Length > 1)
        {
            throw new TraceFileException($"{path}: columns '{lists[0].Name}' and '{lists[1].Name}' are both lists of probabilities; expected one.");
        }

        if (lists.Length == 1)
        {
            var element = lists[0].Item as DataField
                ?? throw new TraceFileException($"{path}: column '{lists[0].Name}' is a list of {lists[0].Item.SchemaType}; expected floating-point numbers.");
            Check(path, element, ParquetValues.IsNumber, "floating-point numbers");
            return new ParquetColumns(label, condition, element, []);
        }

        DataField[] found = [.. ProbabilityColumns.Find(path, [.. scalars.Select(f => f.Name)]).Select(i => scalars[i])];
        foreach (var field in found)
        {
            Check(path, field, ParquetValues.IsNumber, "floating-point numbers");
        }

        return new ParquetColumns(label, condition, null, found);
    }

    public string NameOf(int i) => List is null ? Scalars[i].Name : $"{List.Path.FirstPart}[{i}]";

    private static void Check(string path, DataField field, Func<Type, bool> fits, string expected)
    {
        if (!fits(field.ClrType))
        {
            throw new TraceFileException($"{path}: column '{field.Path.FirstPart}' holds {field.ClrType.Name}; expected {expected}.");
        }
    }
}
