using System.Globalization;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>
/// Reads one column of a row group whatever its type. Parquet stores only the values that are not null; a value's definition level
/// says whether it is one, and a repetition level of 0 begins a row (Dremel: Melnik et al. 2010, section 4).
/// </summary>
internal static class ParquetValues
{
    private const int MostSharedTexts = 4096;

    private static readonly HashSet<Type> ListTypes = [typeof(float), typeof(double), typeof(long), typeof(int)];

    private static readonly HashSet<Type> PlainTypes =
    [
        .. ListTypes, typeof(decimal), typeof(short), typeof(sbyte), typeof(ulong), typeof(uint), typeof(ushort), typeof(byte), typeof(bool),
        typeof(DateTime), typeof(string), typeof(ReadOnlyMemory<char>),
    ];

    /// <returns>The cell of each row of the group.</returns>
    public static Func<int, Cell> Load(ParquetRowGroupReader rows, ParquetField column, int count)
    {
        if (column.Field is not { } field)
        {
            return _ => Cell.Unread(column.Form);
        }

        // Only a column that is used must be of a type that is read.
        if (!column.IsHalf && !(column.IsList ? ListTypes : PlainTypes).Contains(field.ClrType))
        {
            return _ => Cell.Unread(column.IsList ? $"a list of {NameOf(field.ClrType)}" : NameOf(field.ClrType));
        }

        using var raw = rows.ReadRawColumnDataBaseAsync(field).AsTask().GetAwaiter().GetResult();
        return column.IsList ? Lists(raw, field, count).Row : Plain(raw, field, count);
    }

    private static Func<int, Cell> Plain(RawColumnData raw, DataField field, int count)
    {
        return raw switch
        {
            RawColumnData<float> v => Floats(Spread(v, field, count, x => x, float.NaN)),
            RawColumnData<ReadOnlyMemory<byte>> v => Floats(Spread(v, field, count, x => HalfOf(x, field), float.NaN)),
            RawColumnData<double> v => Doubles(Spread(v, field, count, x => x, double.NaN)),
            RawColumnData<decimal> v => Doubles(Spread(v, field, count, x => (double)x, double.NaN)),
            RawColumnData<long> v => Longs(Spread(v, field, count, x => (long?)x)),
            RawColumnData<int> v => Longs(Spread(v, field, count, x => (long?)x)),
            RawColumnData<short> v => Longs(Spread(v, field, count, x => (long?)x)),
            RawColumnData<sbyte> v => Longs(Spread(v, field, count, x => (long?)x)),

            // More than a long holds is no class index: −1 isn't either.
            RawColumnData<ulong> v => Longs(Spread(v, field, count, x => x <= long.MaxValue ? (long?)x : -1)),
            RawColumnData<uint> v => Longs(Spread(v, field, count, x => (long?)x)),
            RawColumnData<ushort> v => Longs(Spread(v, field, count, x => (long?)x)),
            RawColumnData<byte> v => Longs(Spread(v, field, count, x => (long?)x)),
            RawColumnData<bool> v => Truths(Spread(v, field, count, x => (bool?)x)),
            RawColumnData<DateTime> v => Times(Spread(v, field, count, x => (DateTime?)x)),
            RawColumnData<ReadOnlyMemory<char>> v => Texts(v, field, count),
            _ => throw Unexpected(field),
        };
    }

    private static Func<int, Cell> Floats(float[] values) => row => Cell.Of(values[row]);

    private static Func<int, Cell> Doubles(double[] values) => row => Cell.Of(values[row]);

    private static Func<int, Cell> Longs(long?[] values) => row => values[row] is { } value ? Cell.Of(value) : default;

    private static Func<int, Cell> Truths(bool?[] values) => row => values[row] is { } value ? Cell.Of(value) : default;

    private static Func<int, Cell> Times(DateTime?[] values) =>
        row => values[row] is { } value ? Cell.Of(DateTime.SpecifyKind(value, DateTimeKind.Utc).ToString("o", CultureInfo.InvariantCulture)) : default;

    /// <summary>A condition's name is on thousands of rows: one string for each name, not for each row.</summary>
    private static Func<int, Cell> Texts(RawColumnData<ReadOnlyMemory<char>> raw, DataField field, int count)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        var values = Spread(raw, field, count, Shared);
        return row => Cell.Of(values[row]);

        string Shared(ReadOnlyMemory<char> name)
        {
            if (!lookup.TryGetValue(name.Span, out var shared))
            {
                shared = name.ToString();
                if (known.Count < MostSharedTexts)
                {
                    known.Add(shared, shared);
                }
            }

            return shared;
        }
    }

    /// <returns>The elements of <paramref name="count"/> lists; NaN where an element is null, none where the list is null or empty.</returns>
    private static ParquetLists Lists(RawColumnData raw, DataField field, int count)
    {
        var repetitions = raw.RepetitionLevels;
        var definitions = raw.DefinitionLevels;
        var values = raw switch
        {
            RawColumnData<float> v => Spread(v, field, definitions.Length, x => x, float.NaN),
            RawColumnData<double> v => Spread(v, field, definitions.Length, x => (float)x, float.NaN),
            RawColumnData<long> v => Spread(v, field, definitions.Length, x => (float)x, float.NaN),
            RawColumnData<int> v => Spread(v, field, definitions.Length, x => (float)x, float.NaN),
            RawColumnData<ReadOnlyMemory<byte>> v => Spread(v, field, definitions.Length, x => HalfOf(x, field), float.NaN),
            _ => throw Unexpected(field),
        };

        // An element that is null is defined down to the list's entry; a list that is null or empty is not.
        var entry = field.MaxDefinitionLevel - (field.IsNullable ? 1 : 0);
        var starts = new List<int>(Math.Min(count, definitions.Length) + 1);
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
            ? new ParquetLists(values, [.. starts])
            : throw new InvalidDataException($"column '{field.Path.FirstPart}' has {starts.Count - 1} rows in a group of {count}.");
    }

    private static TOut[] Spread<TIn, TOut>(RawColumnData<TIn> raw, DataField field, int count, Func<TIn, TOut> convert, TOut missing = default!)
        where TIn : struct
    {
        var values = raw.Values;
        var definitions = field.MaxDefinitionLevel > 0 ? raw.DefinitionLevels : default;
        if (field.MaxDefinitionLevel > 0 ? definitions.Length != count : values.Length != count)
        {
            throw new InvalidDataException($"column '{field.Path.FirstPart}' has another number of rows than its group of {count}.");
        }

        // Only now: the number of rows in a damaged file may be any.
        var all = new TOut[count];
        for (int i = 0, next = 0; i < count; i++)
        {
            all[i] = definitions.IsEmpty || definitions[i] == field.MaxDefinitionLevel ? convert(values[next++]) : missing;
        }

        return all;
    }

    private static float HalfOf(ReadOnlyMemory<byte> bytes, DataField field) =>
        bytes.Length == 2 ? (float)BitConverter.ToHalf(bytes.Span) : throw Unexpected(field);

    private static InvalidDataException Unexpected(DataField field) =>
        new($"column '{field.Path.FirstPart}' holds {NameOf(field.ClrType)}, which is not read");

    private static string NameOf(Type type) =>
        type == typeof(ReadOnlyMemory<byte>) || type == typeof(byte[]) ? "bytes"
        : type == typeof(ReadOnlyMemory<char>) || type == typeof(string) ? "text"
        : type.Name;
}
