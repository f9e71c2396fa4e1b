using Parquet;
using Parquet.Schema;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>A column of a Parquet file.</summary>
/// <param name="Name">As <c>outer.inner</c> where it is in a struct.</param>
/// <param name="Field">Its numbers or texts, or those of the list; null where it is of a form that is not read.</param>
/// <param name="IsList">Whether a row has several.</param>
/// <param name="Form">What it is, for messages.</param>
/// <param name="IsHalf">Whether two bytes are a number.</param>
internal sealed record ParquetField(string Name, DataField? Field, bool IsList, string Form, bool IsHalf = false)
{
    public static ParquetField[] Of(ParquetReader reader)
    {
        var isHalf = ReadHalvesAsBytes(reader);

        // Once: each call makes other fields. Both lists have the leaves of the schema in its order.
        var schema = reader.Schema;
        var halves = schema.GetDataFields().Where((_, i) => i < isHalf.Count && isHalf[i]).ToHashSet<DataField>(ReferenceEqualityComparer.Instance);
        return
        [
            .. schema.Fields.SelectMany(f => f is StructField group ? group.Fields.Select(inner => Of($"{f.Name}.", inner)) : [Of("", f)])
                .Select(f => f with { IsHalf = f.Field is { } field && halves.Contains(field) }),
        ];
    }

    /// <summary>The library knows no column of half-precision numbers and refuses the file. Without the annotation it is a column of two bytes.</summary>
    /// <returns>For each leaf of the schema whether it is one.</returns>
    private static List<bool> ReadHalvesAsBytes(ParquetReader reader)
    {
        var isHalf = new List<bool>();
        foreach (var element in reader.Metadata?.Schema ?? [])
        {
            var half = element.LogicalType?.FLOAT16 is not null;
            if (half)
            {
                element.LogicalType = null;
            }

            if (element.NumChildren is null or 0)
            {
                isHalf.Add(half);
            }
        }

        return isHalf;
    }

    private static ParquetField Of(string prefix, Field field) => field switch
    {
        DataField plain => new(prefix + field.Name, plain, plain.IsArray, "a column"),
        ListField { Item: DataField item } => new(prefix + field.Name, item, true, "a list"),
        ListField list => new(prefix + field.Name, null, true, list.Item is StructField ? "a list of structs" : "a list of lists"),
        _ => new(prefix + field.Name, null, false, field is MapField ? "a map" : "a struct within a struct"),
    };
}
