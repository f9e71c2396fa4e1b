using AccuracyMonitor.Hosting.Access;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// Ends a stream with UNAUTHENTICATED when its caller's token or certificate has expired, or his token is no longer in the file: a stream may last
/// much longer than either. The service sees a cancelled call, and so finishes what it has taken.
/// </summary>
internal sealed class StreamAccessInterceptor(Authenticator authenticator, TimeProvider time) : Interceptor
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, its => continuation(request, responseStream, its));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, its => continuation(requestStream, responseStream, its));

    private async Task RunAsync(ServerCallContext context, Func<ServerCallContext, Task> run)
    {
        var http = context.GetHttpContext();
        var caller = Caller.Of(http);
        if (!caller.IsAuthenticated)
        {
            await run(context);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var watching = WatchAsync(http, caller, ending);
        try
        {
            await run(new CancellableCallContext(context, ending.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException && !context.CancellationToken.IsCancellationRequested)
        {
            if (!await EndAsync(watching, ending))
            {
                throw;
            }
        }

        if (await EndAsync(watching, ending))
        {
            throw RpcErrors.Unauthenticated($"The token or certificate of {caller.Subject} is not valid any more. Call again with a new one.");
        }
    }

    /// <returns>Whether the caller lost his authentication while the call ran.</returns>
    private async Task<bool> WatchAsync(HttpContext http, Caller caller, CancellationTokenSource ending)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (authenticator.StillHolds(http, caller))
            {
                await timer.WaitForNextTickAsync(ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        await ending.CancelAsync();
        return true;
    }

    private static async Task<bool> EndAsync(Task<bool> watching, CancellationTokenSource ending)
    {
        await ending.CancelAsync();
        return await watching;
    }
}
