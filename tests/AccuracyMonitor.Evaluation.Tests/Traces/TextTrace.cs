using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>Reads a trace that a test writes.</summary>
internal static class TextTrace
{
    public static TraceFile Open(string extension, string text, TraceOptions? options = null)
    {
        using var file = new TemporaryTrace(extension, text);
        return TraceFile.Open(file.Path, options);
    }

    /// <returns>Of the error that must come.</returns>
    public static string Message(string extension, string text, TraceOptions? options = null) =>
        Should.Throw<TraceFileException>(() => Open(extension, text, options)).Message;
}
