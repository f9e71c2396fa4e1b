using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>Checks a log's lines one after the other.</summary>
internal sealed class LogChecker(string path)
{
    private const int LongestId = 128;
    private readonly RowChecker _rows = new(path, "line", i => $"probabilities[{i}]");
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private LogLine? _first;

    public int ClassCount => _rows.ClassCount;

    /// <returns>The line's label, checked.</returns>
    /// <exception cref="TraceFileException">Another model than the first line's, an id twice or too long, no softmax vector, a label that is no
    /// class or whose prediction isn't before it.</exception>
    public int? Line(LogLine line, string id)
    {
        _first ??= line;
        Same(line, "model", line.Model, _first.Model);
        Same(line, "version", line.Version, _first.Version);
        if (id.Length is 0 or > LongestId)
        {
            throw _rows.Defect(line.Number, $"'id' has {id.Length} characters; it must have 1 to {LongestId}");
        }

        if (line.Probabilities is { } probabilities)
        {
            _rows.Row(probabilities, line.Number);
            if (!_lines.TryAdd(id, line.Number))
            {
                throw _rows.Defect(line.Number, $"'id' is '{id}', as on line {_lines[id]}; an id is one prediction's");
            }
        }
        else if (!_lines.ContainsKey(id))
        {
            throw _rows.Defect(line.Number, $"a label for '{id}', which is no prediction on an earlier line");
        }

        return line.Label is { } label ? _rows.Label(label, line.Number) : null;
    }

    private void Same(LogLine line, string name, string? value, string? first)
    {
        if (value is not null && first is not null && value != first)
        {
            throw _rows.Defect(line.Number, $"'{name}' is '{value}', on line {_first!.Number} '{first}'; a log is of one model version");
        }
    }
}
