using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Cli;

/// <summary>How a command that trains ends that can't do its work: one line on the error stream, and a status.</summary>
internal static class CommandErrors
{
    private const int Failed = 1;
    private const int Cancelled = 130;

    /// <param name="needsTorch">Whether the work can't begin without libtorch.</param>
    /// <param name="work">Gives the status.</param>
    /// <param name="cancelled">What a person who has ended it should know.</param>
    public static async Task<int> RunAsync(bool needsTorch, Func<Task<int>> work, string cancelled = "Cancelled; nothing was written.")
    {
        if (needsTorch && !TorchRuntime.IsAvailable(out var reason))
        {
            await Console.Error.WriteLineAsync(reason);
            return Failed;
        }

        try
        {
            return await work();
        }
        catch (Exception e) when (e is TraceFileException or DemoDataException or IOException or UnauthorizedAccessException or ArgumentException
            or FormatException or MonitorFileException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(cancelled);
            return Cancelled;
        }
    }
}
