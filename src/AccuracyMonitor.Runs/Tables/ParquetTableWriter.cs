using Parquet;
using Parquet.Schema;

namespace AccuracyMonitor.Runs.Tables;

/// <summary>Rows as Parquet.</summary>
internal sealed class ParquetTableWriter : TableWriter
{
    private const int RowsOfGroup = 10_000;

    private readonly IReadOnlyList<TableColumn> _columns;
    private readonly ParquetSchema _schema;
    private readonly Stream _stream;
    private readonly List<IReadOnlyList<object?>> _rows = [];
    private ParquetWriter? _writer;

    /// <param name="stream">Not disposed of.</param>
    /// <param name="columns">Of the table.</param>
    public ParquetTableWriter(Stream stream, IReadOnlyList<TableColumn> columns)
    {
        (_stream, _columns) = (stream, columns);
        _schema = new ParquetSchema([.. columns.Select(Field)]);
    }

    protected override async Task BeginAsync() => _writer = await ParquetWriter.CreateAsync(_schema, _stream);

    protected override async Task WriteRowAsync(IReadOnlyList<object?> row)
    {
        _rows.Add(row);
        if (_rows.Count == RowsOfGroup)
        {
            await FlushAsync();
        }
    }

    protected override Task EndAsync() => FlushAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private async Task FlushAsync()
    {
        using var group = _writer!.CreateRowGroup();
        var fields = _schema.GetDataFields();
        for (var i = 0; i < fields.Length; i++)
        {
            var (column, field) = (i, fields[i]);
            await (_columns[i].Kind switch
            {
                ColumnKind.Whole => group.WriteAsync<long>(field, Values<long?>(column)),
                ColumnKind.Real => group.WriteAsync<double>(field, Values<double?>(column)),
                ColumnKind.Reals => WriteListsAsync(group, field, Values<float[]?>(column)),
                _ => group.WriteAsync(field, Values<string?>(column)),
            });
        }

        _rows.Clear();
    }

    private T[] Values<T>(int column) => [.. _rows.Select(r => (T)r[column]!)];

    private static Task WriteListsAsync(ParquetRowGroupWriter group, DataField field, float[]?[] lists)
    {
        // A list that is null is defined down to nothing, an element of one to the field itself.
        int[] definitions = [.. lists.SelectMany(l => l is null ? [0] : Enumerable.Repeat(field.MaxDefinitionLevel, l.Length))];
        int[] repetitions = [.. lists.SelectMany(l => l is null ? [0] : Enumerable.Range(0, l.Length).Select(i => i == 0 ? 0 : 1))];
        float[] values = [.. lists.SelectMany(l => l ?? [])];
        return group.WriteAllPartsAsync<float>(field, values, definitions, repetitions, CancellationToken.None);
    }

    private static Field Field(TableColumn column) => column.Kind switch
    {
        ColumnKind.Whole => new DataField<long?>(column.Name),
        ColumnKind.Real => new DataField<double?>(column.Name),
        ColumnKind.Reals => new ListField(column.Name, new DataField<float>("element", false)),
        _ => new DataField<string>(column.Name),
    };
}
