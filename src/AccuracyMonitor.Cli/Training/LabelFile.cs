using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Cli.Training;

/// <summary>Labels that a monitor is adapted to.</summary>
/// <param name="Trace">With the labels.</param>
/// <param name="Condition">Of the trace.</param>
/// <param name="Count">Labels to learn from.</param>
internal sealed record LabelFile(TraceArgument Trace, string Condition, int Count)
{
    /// <summary>Draws the rows to learn from, and leaves the others to judge.</summary>
    /// <param name="error">Told what the trace was understood to be.</param>
    /// <param name="classes">Of the monitor.</param>
    /// <param name="least">Rows that must be left to judge.</param>
    /// <param name="seed">Of the draw.</param>
    /// <exception cref="TraceFileException">Too few rows, or another number of classes.</exception>
    public (ReferenceSet Judging, ReferenceSet Learning) Split(TextWriter error, int classes, int least, ulong seed)
    {
        var rows = Trace.Open(error).Load(Condition);
        return rows.ClassCount == classes && rows.Count >= Count + least
            ? ReferenceSplit.Keep(rows, Count, seed)
            : throw new TraceFileException(
                $"{Trace.Path}, {Condition}: {rows.Count} rows of {rows.ClassCount} classes; --count {Count} needs {Count + least}, of {classes} classes.");
    }
}
