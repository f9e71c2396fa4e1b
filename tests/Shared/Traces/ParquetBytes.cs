using Parquet;
using Parquet.Schema;

namespace AccuracyMonitor.Tests.Traces;

/// <summary>Writes Parquet files, right ones and wrong ones, column by column.</summary>
internal sealed class ParquetBytes
{
    private readonly List<Field> _fields = [];
    private readonly List<Func<ParquetRowGroupWriter, DataField, Range, Task>> _columns = [];

    public ParquetBytes Column<T>(string name, params T[] values)
        where T : struct
    {
        _fields.Add(new DataField<T>(name));
        _columns.Add((group, field, rows) => group.WriteAsync<T>(field, values.AsMemory()[rows]));
        return this;
    }

    public ParquetBytes Nullable<T>(string name, params T?[] values)
        where T : struct
    {
        _fields.Add(new DataField<T?>(name));
        _columns.Add((group, field, rows) => group.WriteAsync<T>(field, values.AsMemory()[rows]));
        return this;
    }

    public ParquetBytes Text(string name, params string[] values)
    {
        _fields.Add(new DataField<string>(name));
        _columns.Add((group, field, rows) => group.WriteAsync(field, values[rows]));
        return this;
    }

    public ParquetBytes Binary(string name, params byte[][] values)
    {
        _fields.Add(new DataField<byte[]>(name));
        _columns.Add((group, field, rows) => group.WriteAsync(field, values[rows]));
        return this;
    }

    public ParquetBytes TimesOfDay(string name, params int[] hours)
    {
        _fields.Add(new TimeDataField(name, TimeUnitPrecision.Micros));

        // The writer takes the numbers that are stored.
        long[] microseconds = [.. hours.Select(h => h * 3_600_000_000L)];
        _columns.Add((group, field, rows) => group.WriteAsync<long>(field, microseconds.AsMemory()[rows]));
        return this;
    }

    /// <summary>A list of two texts in each of the rows.</summary>
    public ParquetBytes TextPairs(string name, int rows)
    {
        _fields.Add(new ListField(name, new DataField<string>("element", false)));
        _columns.Add((group, field, _) => group.WriteAllPartsAsync<ReadOnlyMemory<char>>(
            field, Enumerable.Repeat("text".AsMemory(), 2 * rows).ToArray(), Enumerable.Repeat(field.MaxDefinitionLevel, 2 * rows).ToArray(),
            Enumerable.Range(0, 2 * rows).Select(i => i % 2).ToArray(), CancellationToken.None));
        return this;
    }

    public ParquetBytes List<T>(string name, params T[][] lists)
        where T : struct
    {
        _fields.Add(new ListField(name, new DataField<T>("element", false)));
        _columns.Add((group, field, rows) =>
        {
            var some = lists[rows];
            T[] values = [.. some.SelectMany(l => l)];
            int[] repetitions = [.. some.SelectMany(l => l.Select((_, i) => i == 0 ? 0 : 1))];
            int[] definitions = [.. values.Select(_ => field.MaxDefinitionLevel)];
            return group.WriteAllPartsAsync<T>(field, values, definitions, repetitions, CancellationToken.None);
        });
        return this;
    }

    /// <param name="groups">Rows of each row group.</param>
    public byte[] Write(params Range[] groups)
    {
        using var stream = new MemoryStream();
        WriteAsync(stream, groups.Length == 0 ? [Range.All] : groups).GetAwaiter().GetResult();
        return stream.ToArray();
    }

    private async Task WriteAsync(Stream stream, Range[] groups)
    {
        var schema = new ParquetSchema(_fields);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream);
        foreach (var rows in groups)
        {
            using var group = writer.CreateRowGroup();
            var fields = schema.GetDataFields();
            for (var i = 0; i < fields.Length; i++)
            {
                await _columns[i](group, fields[i], rows);
            }
        }
    }
}
