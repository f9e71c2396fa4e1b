using AccuracyMonitor.Storage;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>What a service did not map itself: the store's refusals get their status and reason, whichever call met them.</summary>
internal sealed class ErrorInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (StoreException e)
        {
            throw RpcErrors.From(e);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (StoreException e)
        {
            throw RpcErrors.From(e);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // A watcher that goes is the normal end of a watch.
        }
    }
}
