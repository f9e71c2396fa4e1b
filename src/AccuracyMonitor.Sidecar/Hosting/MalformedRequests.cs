using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// A request that is no protobuf message gets INVALID_ARGUMENT. gRPC reads the request of a unary call before any interceptor runs, and answers a
/// request that it can't read with UNKNOWN.
/// </summary>
internal static class MalformedRequests
{
    private const string StatusHeader = "grpc-status";

    /// <summary>The request of a call was read.</summary>
    public static void Reached(ServerCallContext context)
    {
        if (context is IServerCallContextFeature)
        {
            context.GetHttpContext().Features.Set(Read.Instance);
        }
    }

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var headers = context.Response.Headers;
        if (context.Response.HasStarted || context.Features.Get<Read>() is not null || headers[StatusHeader] != Number(StatusCode.Unknown))
        {
            return;
        }

        var error = RpcErrors.Malformed("it can't be parsed");
        headers[StatusHeader] = Number(StatusCode.InvalidArgument);
        headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (var entry in error.Trailers.Where(e => e.IsBinary))
        {
            headers[entry.Key] = Convert.ToBase64String(entry.ValueBytes);
        }
    }

    private static string Number(StatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);

    private sealed class Read
    {
        public static readonly Read Instance = new();
    }
}
