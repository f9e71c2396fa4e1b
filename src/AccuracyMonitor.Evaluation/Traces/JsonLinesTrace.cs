namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Reads a <c>.jsonl</c> or <c>.ndjson</c> log as a trace: rows without a condition are <see cref="TraceFile.Reference"/>, a label may come on a
/// later line under the prediction's id, and the last one counts.
/// </summary>
internal static class JsonLinesTrace
{
    /// <exception cref="TraceFileException">A defect, with its line; an id twice; a label whose prediction isn't before it.</exception>
    public static ITraceSource Read(string path)
    {
        var builder = new TraceBuilder(path, "line", i => $"probabilities[{i}]");
        var rows = new Dictionary<string, (TraceRow Row, long Line)>(StringComparer.Ordinal);
        foreach (var line in JsonLinesLog.Read(path))
        {
            TraceRow row;
            if (line.Probabilities is { } probabilities)
            {
                row = builder.Add(line.Condition ?? TraceFile.Reference, probabilities, line.Number);
                if (line.Id is { } id && !rows.TryAdd(id, (row, line.Number)))
                {
                    throw builder.Defect(line.Number, $"'id' is '{id}', as on line {rows[id].Line}; an id is one prediction's");
                }
            }
            else
            {
                row = rows.TryGetValue(line.Id!, out var earlier)
                    ? earlier.Row
                    : throw builder.Defect(line.Number, $"a label for '{line.Id}', which is no prediction on an earlier line");
            }

            if (line.Label is { } label)
            {
                builder.SetLabel(row, label, line.Number);
            }
        }

        return builder.Complete();
    }
}
