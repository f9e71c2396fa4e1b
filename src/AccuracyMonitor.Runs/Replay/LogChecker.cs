using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>Checks what the rows of a log must have in common: one model version, and an id for one prediction.</summary>
internal sealed class LogChecker
{
    private const int LongestId = 128;
    private readonly Dictionary<string, long> _rows = new(StringComparer.Ordinal);
    private TraceEntry? _first;

    /// <exception cref="TraceFileException">Another model than the first row's, an id twice or too long, or a label whose prediction isn't before
    /// it.</exception>
    public void Check(TraceEntry entry, string id)
    {
        Same(entry, "model", entry.Model, _first?.Model);
        Same(entry, "version", entry.Version, _first?.Version);
        if (id.Length is 0 or > LongestId)
        {
            throw entry.Defect($"'id' has {id.Length} characters; it must have 1 to {LongestId}");
        }

        if (entry.Probabilities is not null)
        {
            if (!_rows.TryAdd(id, entry.Number))
            {
                throw entry.Defect($"'id' is '{id}', as on {entry.Unit} {_rows[id]}; an id is one prediction's");
            }
        }
        else if (!_rows.ContainsKey(id))
        {
            throw entry.Defect($"a label for '{id}', which is no prediction on an earlier {entry.Unit}");
        }

        _first ??= entry;
    }

    private void Same(TraceEntry entry, string name, string? value, string? first)
    {
        if (value is not null && first is not null && value != first)
        {
            throw entry.Defect($"'{name}' is '{value}', on {entry.Unit} {_first!.Number} '{first}'; a log is of one model version");
        }
    }
}
