using System.Net.Sockets;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs;
using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.Scoring;
using Grpc.Core;

namespace AccuracyMonitor.Cli;

/// <summary>
/// Which message and exit status an exception of a command becomes. Commands throw; <see cref="CommandLine"/> asks here. An exception that is not listed is
/// a defect of the program.
/// </summary>
internal static class CommandErrors
{
    /// <returns>Null if a defect of the program.</returns>
    public static (int Status, string Message)? Of(Exception exception) => exception switch
    {
        OperationCanceledException or SidecarException { Answer: StatusCode.Cancelled } => (ExitCodes.Cancelled, "Cancelled."),
        SidecarException e => (StatusOf(e.Answer), e.Message),
        TraceFileException or DemoDataException or MonitorFileException or IOException or UnauthorizedAccessException or InvalidDataException =>
            (ExitCodes.DataError, exception.Message),
        ArgumentException or FormatException or RecipeException => (ExitCodes.Usage, exception.Message),
        DemoException or DllNotFoundException or HttpRequestException or SocketException => (ExitCodes.Failure, exception.Message),
        RpcException e => (ExitCodes.Failure, $"A call to the sidecar failed: {e.Status.Detail}"),
        AggregateException { InnerExceptions: [var only] } => Of(only),
        _ => null,
    };

    private static int StatusOf(StatusCode? answer) => answer switch
    {
        null => ExitCodes.Unavailable,
        StatusCode.InvalidArgument => ExitCodes.Usage,
        _ => ExitCodes.Failure,
    };
}
