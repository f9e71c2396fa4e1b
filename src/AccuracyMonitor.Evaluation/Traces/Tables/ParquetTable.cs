using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>
/// Reads a Parquet file, one row group after the other; of a row group only the columns that are asked for. The fields of a struct are columns
/// <c>outer.inner</c>. Rows are counted from 0 over the whole file.
/// </summary>
internal sealed class ParquetTable : RowReader
{
    private readonly Stream _stream;
    private readonly ParquetReader _reader;
    private readonly ParquetField[] _fields;
    private readonly Func<int, Cell>?[] _columns;
    private ParquetRowGroupReader? _group;
    private int _nextGroup;
    private int _count;
    private int _row;
    private long _before;

    /// <param name="path">For messages.</param>
    /// <param name="stream">Seekable; disposed of with this.</param>
    public ParquetTable(string path, Stream stream)
        : base(path)
    {
        _stream = stream;
        try
        {
            _reader = WithTraceErrors(() => ParquetReader.CreateAsync(stream).GetAwaiter().GetResult());
            _fields = WithTraceErrors(() => ParquetField.Of(_reader));
            Names = [.. _fields.Select(f => f.Name)];
            _columns = new Func<int, Cell>[_fields.Length];
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Names { get; }

    public override string Unit => "row";

    public override long Number => _before + _row;

    public override Cell this[int column] => (_columns[column] ??= WithTraceErrors(() => ParquetValues.Load(_group!, _fields[column], _count)))(_row);

    public override bool Read()
    {
        _row++;
        while (_group is null || _row >= _count)
        {
            if (_nextGroup >= _reader.RowGroupCount)
            {
                return false;
            }

            _group?.Dispose();
            _before += _count;
            _group = WithTraceErrors(() => _reader.OpenRowGroupReader(_nextGroup++));
            _count = WithTraceErrors(() => _group.RowCount is >= 0 and <= int.MaxValue and var count
                ? (int)count
                : throw new InvalidDataException($"a row group of {_group.RowCount} rows"));
            _row = 0;
            Array.Clear(_columns);
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _group?.Dispose();
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    private T WithTraceErrors<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (TraceFileException or OutOfMemoryException))
        {
            // The library throws whatever a damaged byte leads to: IOException, IndexOutOfRangeException, OverflowException, NotSupportedException.
            var reason = _reader?.Metadata?.RowGroups.Exists(g => g.Columns.Exists(c => c.MetaData?.Codec == CompressionCodec.LZ4)) == true
                ? "it is compressed with LZ4 in Hadoop's framing; write it with Zstandard, Snappy or LZ4_RAW"
                : e.Message.TrimEnd('.');
            throw new TraceFileException($"{Path}: cannot be read as a .parquet file: {reason}.", e);
        }
    }
}
