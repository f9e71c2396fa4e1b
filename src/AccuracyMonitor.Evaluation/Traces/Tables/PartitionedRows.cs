namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>A file's rows with the columns that the names of its folders give, before its own. A column of the file that has the same name is hidden.</summary>
internal sealed class PartitionedRows : RowReader
{
    private readonly RowReader _rows;
    private readonly Cell[] _keys;
    private readonly List<string> _names;

    public PartitionedRows(RowReader rows, IReadOnlyList<(string Name, string Value)> keys)
        : base(rows.Path)
    {
        _rows = rows;
        _keys = [.. keys.Select(k => Cell.Of(k.Value))];
        _names = [.. keys.Select(k => k.Name)];
        AddNames();
    }

    public override IReadOnlyList<string> Names => _names;

    public override string Unit => _rows.Unit;

    public override bool IsLog => _rows.IsLog;

    public override string? Dialect => _rows.Dialect;

    public override long Number => _rows.Number;

    public override Cell this[int column] => column < _keys.Length ? _keys[column] : _rows[column - _keys.Length];

    public override bool Read()
    {
        var more = _rows.Read();
        AddNames();
        return more;
    }

    protected override void Dispose(bool disposing) => _rows.Dispose();

    private void AddNames()
    {
        while (_names.Count - _keys.Length < _rows.Names.Count)
        {
            var name = _rows.Names[_names.Count - _keys.Length];
            _names.Add(_names.IndexOf(name, 0, _keys.Length) < 0 ? name : "");
        }
    }
}
