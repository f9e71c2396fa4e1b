using Parquet;
using Parquet.Schema;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>A column of a Parquet file.</summary>
/// <param name="Name">As <c>outer.inner</c> where it is in a struct.</param>
/// <param name="Field">Its numbers or texts, or those of the list; null where it is of a form that is not read.</param>
/// <param name="IsList">Whether a row has several.</param>
/// <param name="Form">What it is, for messages.</param>
internal sealed record ParquetField(string Name, DataField? Field, bool IsList, string Form)
{
    public static ParquetField[] Of(ParquetReader reader)
    {
        ReadHalvesAsBytes(reader);
        return [.. reader.Schema.Fields.SelectMany(f => f is StructField group ? group.Fields.Select(inner => Of($"{f.Name}.", inner)) : [Of("", f)])];
    }

    /// <summary>The library knows no column of half-precision numbers and refuses the file. Without the annotation it is a column of two bytes.</summary>
    private static void ReadHalvesAsBytes(ParquetReader reader)
    {
        foreach (var element in reader.Metadata?.Schema ?? [])
        {
            if (element.LogicalType?.FLOAT16 is not null)
            {
                element.LogicalType = null;
            }
        }
    }

    private static ParquetField Of(string prefix, Field field) => field switch
    {
        DataField plain => new(prefix + field.Name, plain, plain.IsArray, "a column"),
        ListField { Item: DataField item } => new(prefix + field.Name, item, true, "a list"),
        ListField list => new(prefix + field.Name, null, true, list.Item is StructField ? "a list of structs" : "a list of lists"),
        _ => new(prefix + field.Name, null, false, field is MapField ? "a map" : "a struct within a struct"),
    };
}
