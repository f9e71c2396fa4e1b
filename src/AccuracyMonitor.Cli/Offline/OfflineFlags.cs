using System.CommandLine;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Cli.Offline;

/// <summary>What <c>select</c> and <c>estimate</c> have in common.</summary>
internal static class OfflineFlags
{
    public static Option<string> Predictions() => new("--predictions")
    {
        Description = "Softmax outputs with ids: .csv, .tsv, .parquet, .jsonl, .json, also with .gz or .zst, or a partitioned folder.",
        Required = true,
    };

    public static Option<string?> Monitor() => new("--monitor")
    {
        Description = "A trained monitor (ONNX) that scores the rows; the same for 'select' and 'estimate'. Default: the largest softmax.",
    };

    /// <param name="parsed">The command line.</param>
    /// <param name="read">Shown as at work while it reads: a large file takes seconds.</param>
    /// <param name="write">Given what was read.</param>
    /// <returns>The exit status.</returns>
    public static int Run<T>(ParseResult parsed, Func<T> read, Action<T> write)
    {
        try
        {
            var isWatched = !Console.IsErrorRedirected && ReferenceEquals(parsed.InvocationConfiguration.Error, Console.Error);
            write(isWatched ? ProgressConsole.Status().Start("Reading predictions", _ => read()) : read());
            return ExitStatus.Success;
        }
        catch (Exception e) when (e is TraceFileException or MonitorFileException or IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(e.Message);
            return ExitStatus.DataError;
        }
    }
}
