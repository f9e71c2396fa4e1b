using System.CommandLine;
using AccuracyMonitor.Evaluation.Traces;
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

    /// <returns>The exit status.</returns>
    public static int Run(ParseResult parsed, Action work)
    {
        try
        {
            work();
            return ExitStatus.Success;
        }
        catch (Exception e) when (e is TraceFileException or MonitorFileException or IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(e.Message);
            return ExitStatus.DataError;
        }
    }
}
