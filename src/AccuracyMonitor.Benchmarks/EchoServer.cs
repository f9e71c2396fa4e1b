using System.CommandLine;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Benchmarks;

/// <summary>Measures the cost of gRPC alone: reads the same messages on the same kind of socket and sends them back.</summary>
internal static class EchoServer
{
    private static readonly Marshaller<ObserveRequest> Marshaller = Marshallers.Create(
        static (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            Google.Protobuf.MessageExtensions.WriteTo(message, context.GetBufferWriter());
            context.Complete();
        },
        static context => ObserveRequest.Parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    public static Method<ObserveRequest, ObserveRequest> Method { get; } =
        new(MethodType.DuplexStreaming, "accuracy_monitor.bench.EchoService", "Echo", Marshaller, Marshaller);

    public const string Name = "echo-server";

    /// <summary>Hidden command; <c>benchmarks observe</c> starts it.</summary>
    public static Command Create()
    {
        var socket = new Option<string>("--socket") { Required = true };
        var echo = new Command(Name, "The other end of the echo.") { socket };
        echo.Hidden = true;
        echo.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(socket)!, cancel));
        return echo;
    }

    private static async Task RunAsync(string socket, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Limits.Http2.InitialStreamWindowSize = 4 * 1024 * 1024;
            k.Limits.Http2.InitialConnectionWindowSize = 16 * 1024 * 1024;
            k.ListenUnixSocket(socket, o => o.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRouting();
        builder.Services.AddGrpc(o => o.MaxReceiveMessageSize = Protocol.MessageLimits.MaxMessageBytes);
        await using var app = builder.Build();
        app.MapGrpcService<EchoGrpcService>();
        await app.RunAsync(cancel);
    }

    public static void Bind(ServiceBinderBase binder, EchoBase? service) =>
        binder.AddMethod(Method, service is null ? null! : service.Echo);

    /// <summary>Has the shape of generated code that the gRPC binder expects: a base class with a virtual method.</summary>
    [BindServiceMethod(typeof(EchoServer), nameof(Bind))]
    internal abstract class EchoBase
    {
        public abstract Task Echo(IAsyncStreamReader<ObserveRequest> requests, IServerStreamWriter<ObserveRequest> responses, ServerCallContext context);
    }

    internal sealed class EchoGrpcService : EchoBase
    {
        public override async Task Echo(IAsyncStreamReader<ObserveRequest> requests, IServerStreamWriter<ObserveRequest> responses, ServerCallContext context)
        {
            await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            {
                await responses.WriteAsync(request, context.CancellationToken);
            }
        }
    }
}
