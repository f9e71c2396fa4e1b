using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

/// <summary>Bytes that are no protobuf message, in a unary call and in a stream.</summary>
public sealed class MalformedMessageTests
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static b => b, static b => b);

    [Theory]
    [InlineData(MethodType.Unary, nameof(PredictionService), "Score")]
    [InlineData(MethodType.DuplexStreaming, nameof(PredictionService), "Observe")]
    [InlineData(MethodType.Unary, nameof(LabelService), "Lease")]
    [InlineData(MethodType.Unary, nameof(MonitorService), "RegisterMonitor")]
    [InlineData(MethodType.ServerStreaming, nameof(LabelService), "Watch")]
    public async Task A_malformed_message_is_an_invalid_argument_and_no_internal_error(MethodType type, string service, string name)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var method = new Method<byte[], byte[]>(type, $"accuracy_monitor.v1.{service}", name, Raw, Raw);

        var refused = await Should.ThrowAsync<RpcException>(() => CallAsync(sidecar, method, [0x0A, 0xFF, 0xFF, 0x01, 0x42]));

        refused.StatusCode.ShouldBe(StatusCode.InvalidArgument, refused.Status.Detail);
        var details = refused.GetRpcStatus()!;
        details.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe("request");
        details.GetDetail<ErrorInfo>()!.Reason.ShouldBe("MALFORMED_MESSAGE");
        (await sidecar.MetricAsync("accuracy_monitor_internal_errors_total{kind=\"call\"}")).ShouldBe(0);
    }

    private static async Task CallAsync(TestSidecar sidecar, Method<byte[], byte[]> method, byte[] request)
    {
        var (invoker, options) = (sidecar.Channel.CreateCallInvoker(), new CallOptions(cancellationToken: TestContext.Current.CancellationToken));
        switch (method.Type)
        {
            case MethodType.Unary:
                await invoker.AsyncUnaryCall(method, null, options, request);
                break;
            case MethodType.ServerStreaming:
                using (var call = invoker.AsyncServerStreamingCall(method, null, options, request))
                {
                    await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
                }

                break;
            default:
                using (var call = invoker.AsyncDuplexStreamingCall(method, null, options))
                {
                    await call.RequestStream.WriteAsync(request, TestContext.Current.CancellationToken);
                    await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
                }

                break;
        }
    }
}
