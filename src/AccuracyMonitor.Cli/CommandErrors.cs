using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Cli;

/// <summary>How a command ends that cannot do its work: one line on the error stream, and a status.</summary>
internal static class CommandErrors
{
    /// <param name="error">Receives the line.</param>
    /// <param name="needsTorch">Whether the work can't begin without libtorch.</param>
    /// <param name="work">Gives the status.</param>
    /// <param name="cancelled">What a person who has ended it should know.</param>
    public static async Task<int> RunAsync(
        TextWriter error, bool needsTorch, Func<Task<int>> work, string cancelled = "Cancelled; nothing was written.")
    {
        if (needsTorch && !TorchRuntime.IsAvailable(out var reason))
        {
            await error.WriteLineAsync(reason);
            return ExitStatus.Failed;
        }

        try
        {
            return await work();
        }
        catch (Exception e) when (e is TraceFileException or DemoDataException or IOException or UnauthorizedAccessException or MonitorFileException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitStatus.DataError;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitStatus.Usage;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync(cancelled);
            return ExitStatus.Cancelled;
        }
    }
}
