using Grpc.Core;

namespace AccuracyMonitor.Runs;

/// <summary>A sidecar does not answer, or refuses what it is asked for. The message is for the person at the terminal.</summary>
internal sealed class SidecarException(string message, StatusCode? answer = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Status of the sidecar's answer; null where none came.</summary>
    public StatusCode? Answer { get; } = answer;

    public static SidecarException Of(string address, RpcException failure) => failure switch
    {
        { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } or { Status.DebugException: HttpRequestException or IOException } =>
            new SidecarException($"The sidecar at {address} cannot be reached: {CauseOf(failure.Status)}", inner: failure),
        _ => new SidecarException($"{address}: {failure.StatusCode}: {failure.Status.Detail}", failure.StatusCode, failure),
    };

    /// <summary>gRPC's own text is the names and messages of all exceptions in one string.</summary>
    private static string CauseOf(Status status)
    {
        var cause = status.DebugException;
        while (cause?.InnerException is { } inner && cause.Message.EndsWith("see inner exception.", StringComparison.Ordinal))
        {
            cause = inner;
        }

        return cause?.Message ?? status.Detail;
    }
}
