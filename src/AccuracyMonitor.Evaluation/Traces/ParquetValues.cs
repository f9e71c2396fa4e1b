using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Reads one column of a row group whatever the width of its type. Parquet stores only the values that are not null; a value's definition level
/// says whether it is one, and a repetition level of 0 begins a row (Dremel: Melnik et al. 2010, section 4).
/// </summary>
internal static class ParquetValues
{
    public static bool IsInteger(Type type) =>
        type == typeof(long) || type == typeof(int) || type == typeof(short) || type == typeof(sbyte)
        || type == typeof(ulong) || type == typeof(uint) || type == typeof(ushort) || type == typeof(byte);

    public static bool IsNumber(Type type) => type == typeof(float) || type == typeof(double);

    public static bool IsString(Type type) => type == typeof(string) || type == typeof(ReadOnlyMemory<char>);

    /// <returns>Null where the file has null.</returns>
    public static async Task<long?[]> IntegersAsync(ParquetRowGroupReader rows, DataField field, int count)
    {
        using var raw = await rows.ReadRawColumnDataBaseAsync(field);
        return raw switch
        {
            RawColumnData<long> v => Spread(v, field, count, x => (long?)x),
            RawColumnData<int> v => Spread(v, field, count, x => (long?)x),
            RawColumnData<short> v => Spread(v, field, count, x => (long?)x),
            RawColumnData<sbyte> v => Spread(v, field, count, x => (long?)x),

            // More than a long holds is no class index: −1 isn't either.
            RawColumnData<ulong> v => Spread(v, field, count, x => x <= long.MaxValue ? (long?)x : -1),
            RawColumnData<uint> v => Spread(v, field, count, x => (long?)x),
            RawColumnData<ushort> v => Spread(v, field, count, x => (long?)x),
            RawColumnData<byte> v => Spread(v, field, count, x => (long?)x),
            _ => throw Unexpected(field),
        };
    }

    /// <returns>Null where the file has null.</returns>
    public static async Task<string?[]> StringsAsync(ParquetRowGroupReader rows, DataField field, int count)
    {
        using var raw = await rows.ReadRawColumnDataBaseAsync(field);

        // A condition's name is on thousands of rows: one string for each name, not for each row.
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        return raw is RawColumnData<ReadOnlyMemory<char>> values ? Spread(values, field, count, Shared) : throw Unexpected(field);

        string? Shared(ReadOnlyMemory<char> name)
        {
            if (!lookup.TryGetValue(name.Span, out var shared))
            {
                shared = name.ToString();
                known.Add(shared, shared);
            }

            return shared;
        }
    }

    /// <returns>NaN where the file has null.</returns>
    public static async Task<float[]> NumbersAsync(ParquetRowGroupReader rows, DataField field, int count)
    {
        using var raw = await rows.ReadRawColumnDataBaseAsync(field);
        return raw switch
        {
            RawColumnData<float> v => Spread(v, field, count, x => x, float.NaN),
            RawColumnData<double> v => Spread(v, field, count, x => (float)x, float.NaN),
            _ => throw Unexpected(field),
        };
    }

    /// <returns>The elements of <paramref name="count"/> lists; NaN where an element is null, none where the list is null or empty.</returns>
    public static async Task<ParquetRows> ListsAsync(ParquetRowGroupReader rows, DataField field, int count)
    {
        using var raw = await rows.ReadRawColumnDataBaseAsync(field);
        var repetitions = raw.RepetitionLevels;
        var definitions = raw.DefinitionLevels;
        var values = raw switch
        {
            RawColumnData<float> v => Spread(v, field, definitions.Length, x => x, float.NaN),
            RawColumnData<double> v => Spread(v, field, definitions.Length, x => (float)x, float.NaN),
            _ => throw Unexpected(field),
        };

        // An element that is null is defined down to the list's entry; a list that is null or empty is not.
        var entry = field.MaxDefinitionLevel - (field.IsNullable ? 1 : 0);
        var starts = new List<int>(count + 1);
        var kept = 0;
        for (var i = 0; i < definitions.Length; i++)
        {
            if (repetitions[i] == 0)
            {
                starts.Add(kept);
            }

            if (definitions[i] >= entry)
            {
                values[kept++] = values[i];
            }
        }

        starts.Add(kept);
        return starts.Count == count + 1
            ? new ParquetRows(values, [.. starts])
            : throw new InvalidDataException($"column '{field.Path.FirstPart}' has {starts.Count - 1} rows in a group of {count}.");
    }

    private static TOut?[] Spread<TIn, TOut>(RawColumnData<TIn> raw, DataField field, int count, Func<TIn, TOut?> convert, TOut? missing = default)
        where TIn : struct
    {
        var all = new TOut?[count];
        var values = raw.Values;
        var definitions = field.MaxDefinitionLevel > 0 ? raw.DefinitionLevels : default;
        if (field.MaxDefinitionLevel > 0 ? definitions.Length != count : values.Length != count)
        {
            throw new InvalidDataException($"column '{field.Path.FirstPart}' has another number of rows than its group of {count}.");
        }

        for (int i = 0, next = 0; i < count; i++)
        {
            all[i] = definitions.IsEmpty || definitions[i] == field.MaxDefinitionLevel ? convert(values[next++]) : missing;
        }

        return all;
    }

    private static InvalidDataException Unexpected(DataField field) =>
        new($"column '{field.Path.FirstPart}' holds {field.ClrType.Name}, which is not read.");
}
