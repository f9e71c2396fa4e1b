using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// Maps what a service did not map itself, for all four kinds of call: refusals of the store get their status and reason; any other exception is
/// logged under an id, and the caller gets INTERNAL with that id and nothing of the cause.
/// </summary>
internal sealed class ErrorInterceptor(InternalErrorCounter errors, ILogger<ErrorInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        MalformedRequests.Reached(context);
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (IsUnmapped(e, context))
        {
            throw Map(e, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception e) when (IsUnmapped(e, context))
        {
            throw Map(e, context);
        }
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        MalformedRequests.Reached(context);
        return RunStreamAsync(() => continuation(request, responseStream, context), context);
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunStreamAsync(() => continuation(requestStream, responseStream, context), context);

    private async Task RunStreamAsync(Func<Task> call, ServerCallContext context)
    {
        try
        {
            await call();
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // A client that goes away is the normal end of a stream.
        }
        catch (Exception e) when (IsUnmapped(e, context))
        {
            throw Map(e, context);
        }
    }

    /// <summary>A status that the service chose stays as it is; so does whatever ends a call that its client has left.</summary>
    private static bool IsUnmapped(Exception exception, ServerCallContext context) =>
        exception is StoreException || (exception is not RpcException && !context.CancellationToken.IsCancellationRequested);

    private RpcException Map(Exception exception, ServerCallContext context)
    {
        switch (exception)
        {
            case StoreException refused: return StoreErrors.ToRpc(refused);
            case BusyException busy: return RpcErrors.Exhausted(busy.Reason, busy.Message);
            case InvalidProtocolBufferException malformed: return RpcErrors.Malformed(malformed.Message);
        }

        var id = ErrorId.New();
        errors.Count("call");
        SidecarLog.CallFailed(logger, context.Method, id, exception);
        return RpcErrors.Unexpected(id);
    }
}
