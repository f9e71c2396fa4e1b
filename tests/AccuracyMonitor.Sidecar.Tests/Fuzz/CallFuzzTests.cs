using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.Fuzz;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Fuzz;

/// <summary>
/// Every call of every service, over the socket of a running sidecar: the answer is a message, or a status with a reason and, where an argument is wrong,
/// with the field. It is never INTERNAL or UNKNOWN, and no error of the sidecar's own is counted.
/// </summary>
public sealed class CallFuzzTests
{
    private const int Refill = 100;

    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static b => b, static b => b);

    private static readonly StatusCode[] Documented =
    [
        StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.FailedPrecondition, StatusCode.ResourceExhausted, StatusCode.AlreadyExists,
        StatusCode.Aborted, StatusCode.OutOfRange, StatusCode.PermissionDenied,
    ];

    public static TheoryData<string> Services => [.. Descriptors.Keys];

    private static Dictionary<string, ServiceDescriptor> Descriptors { get; } = new[]
    {
        LabelReflection.Descriptor, MonitorReflection.Descriptor, EstimateReflection.Descriptor, AuditReflection.Descriptor, PredictionReflection.Descriptor,
    }.SelectMany(f => f.Services).ToDictionary(s => s.Name, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Calls_of_a_service(string service)
    {
        await using var sidecar = await TestSidecar.StartAsync(
            "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Labelling:SecondOpinionShare=0.5", "--Logging:LogLevel:Grpc=None");
        var methods = Descriptors[service].Methods;
        MethodDescriptor method = methods[0];
        var (calls, draw) = (0, new MessageDraw(0));
        await FuzzRun.RunAsync(
            400,
            seed =>
            {
                (draw, var random, var mutator) = (new MessageDraw(seed), new Random(seed), new Mutator(seed, [[]]));
                return () =>
                {
                    method = methods[random.Next(methods.Count)];
                    var message = draw.Next(method.InputType).ToByteArray();
                    return random.Next(4) == 0 ? mutator.Changed(message) : message;
                };
            },
            async input =>
            {
                if (calls++ % Refill == 0)
                {
                    var batch = Batches.Of(Batches.Softmax(8, classes: 2, seed: calls), Batches.Ids("p", 8));
                    await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch });
                }

                return await CallAsync(sidecar, method, input, draw);
            });

        var errors = (await sidecar.ScrapeAsync()).Split('\n').Where(l => l.StartsWith("accuracy_monitor_internal_errors_total{", StringComparison.Ordinal));
        errors.ShouldAllBe(l => l.EndsWith(" 0", StringComparison.Ordinal));
    }

    private static async Task<bool> CallAsync(TestSidecar sidecar, MethodDescriptor method, byte[] request, MessageDraw draw)
    {
        try
        {
            draw.Learn(method.OutputType.Parser.ParseFrom(await AnswerAsync(sidecar, method, request)));
            return true;
        }
        catch (RpcException e)
        {
            Documented.ShouldContain(e.StatusCode, $"{method.FullName}: {e.Status}");
            var details = e.GetRpcStatus();
            details?.GetDetail<ErrorInfo>()?.Reason.ShouldNotBeNullOrEmpty($"{method.FullName}: {e.Status}");
            details.ShouldNotBeNull($"{method.FullName}: {e.Status}");
            if (e.StatusCode == StatusCode.InvalidArgument)
            {
                details.GetDetail<BadRequest>().ShouldNotBeNull($"{method.FullName}: {e.Status}").FieldViolations[0].Field.ShouldNotBeEmpty();
            }

            return false;
        }
    }

    private static async Task<byte[]> AnswerAsync(TestSidecar sidecar, MethodDescriptor method, byte[] request)
    {
        var cancel = TestContext.Current.CancellationToken;
        var type = method switch
        {
            { IsClientStreaming: true } => MethodType.DuplexStreaming,
            { IsServerStreaming: true } => MethodType.ServerStreaming,
            _ => MethodType.Unary,
        };
        var call = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, Raw, Raw);
        var (invoker, options) = (sidecar.Channel.CreateCallInvoker(), new CallOptions(cancellationToken: cancel));
        switch (type)
        {
            case MethodType.Unary:
                return await invoker.AsyncUnaryCall(call, null, options, request);
            case MethodType.ServerStreaming:
                using (var stream = invoker.AsyncServerStreamingCall(call, null, options, request))
                {
                    return await stream.ResponseStream.MoveNext(cancel) ? stream.ResponseStream.Current : [];
                }

            default:
                using (var stream = invoker.AsyncDuplexStreamingCall(call, null, options))
                {
                    await stream.RequestStream.WriteAsync(request, cancel);
                    await stream.RequestStream.CompleteAsync();
                    return await stream.ResponseStream.MoveNext(cancel) ? stream.ResponseStream.Current : [];
                }
        }
    }
}
