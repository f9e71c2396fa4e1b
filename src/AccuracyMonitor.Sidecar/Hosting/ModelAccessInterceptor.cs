using AccuracyMonitor.Hosting.Access;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// Refuses a caller whose role is limited to other models than the one in the field <c>model</c> of a request; an empty one means all. Requests
/// that name their models elsewhere are checked by their services.
/// </summary>
internal sealed class ModelAccessInterceptor : Interceptor
{
    private const string Field = "model";

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(request, context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(request, context);
        return continuation(request, responseStream, context);
    }

    private static void Check<TRequest>(TRequest request, ServerCallContext context)
    {
        if (request is IMessage message && message.Descriptor.FindFieldByName(Field) is { } field
            && SidecarRoles.Table.Of(context.Method) is { } role && role != Roles.None)
        {
            context.Require(role, (string)field.Accessor.GetValue(message));
        }
    }
}
