using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Cli;

/// <summary>A trace that a command reads.</summary>
/// <param name="Path">Of the file or the folder.</param>
/// <param name="Options">What the user says about it.</param>
internal sealed record TraceArgument(string Path, TraceOptions Options)
{
    /// <param name="error">Told what the trace was understood to be.</param>
    /// <exception cref="TraceFileException">The trace cannot be used.</exception>
    public TraceFile Open(TextWriter error)
    {
        var trace = TraceFile.Open(Path, Options);
        foreach (var line in trace.Understood.Lines())
        {
            error.WriteLine(line);
        }

        return trace;
    }
}
