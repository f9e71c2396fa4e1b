using AccuracyMonitor.Hub.Observability;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Npgsql;

namespace AccuracyMonitor.Hub.Composition;

/// <summary>Maps what a service did not map itself: a database that is away is UNAVAILABLE; anything else is INTERNAL with an id that the log has.</summary>
internal sealed class HubErrors(HubMetrics metrics, ILogger<HubErrors> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (IsAway(e))
        {
            HubLog.WorkFailed(logger, context.Method, e.Message, exception: null);
            throw RpcErrors.Unavailable("DATABASE_AWAY", "The hub's database does not answer; what was reported is not stored. Report it again.");
        }
        catch (Exception e) when (e is not RpcException && !context.CancellationToken.IsCancellationRequested)
        {
            var id = ErrorId.New();
            metrics.InternalError("call");
            HubLog.CallFailed(logger, context.Method, id, e);
            throw RpcErrors.Unexpected(id);
        }
    }

    /// <summary>No answer, or one that says that the server is not able to: starting, stopping, without connections, memory or disk, or read-only.</summary>
    private static bool IsAway(Exception exception) => exception switch
    {
        PostgresException e => e.IsTransient || e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction || e.SqlState.StartsWith("53", StringComparison.Ordinal)
            || e.SqlState.StartsWith("57", StringComparison.Ordinal) || e.SqlState.StartsWith("58", StringComparison.Ordinal),
        NpgsqlException or TimeoutException => true,
        _ => false,
    };
}
