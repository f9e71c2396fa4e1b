using System.CommandLine;
using AccuracyMonitor.Hosting;

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
        Description = "A trained monitor (ONNX) that scores the rows. Give the same to 'select' and 'estimate'. [default: the largest softmax]",
    };

    /// <summary>Makes the command read, which takes seconds where a file is large, and then write.</summary>
    /// <param name="command">The command.</param>
    /// <param name="read">Gives what is written.</param>
    /// <param name="write">Given what was read.</param>
    public static void SetAction<T>(Command command, Func<ParseResult, T> read, Action<ParseResult, T> write) =>
        command.SetAction(async (parsed, cancel) =>
        {
            // The reading cannot be cancelled and leaves nothing to undo, so that a cancelled command does not wait for it.
            var reading = CommandProgress.RunAsync(parsed.InvocationConfiguration.Error, "Reading predictions", _ => read(parsed));
            write(parsed, await reading.WaitAsync(cancel));
            return ExitCodes.Success;
        });
}
