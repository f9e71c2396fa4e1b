using System.Diagnostics.Metrics;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Hosting.Rpc;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Status = Grpc.Core.Status;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

/// <summary>An exception that nothing maps becomes INTERNAL with an id, in each of the four kinds of call.</summary>
public sealed class ErrorInterceptorTests
{
    private const string Secret = "/var/lib/secret.db";

    public static TheoryData<MethodType> Kinds => [MethodType.Unary, MethodType.ClientStreaming, MethodType.ServerStreaming, MethodType.DuplexStreaming];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_unexpected_exception_is_INTERNAL_with_the_id_that_the_log_has(MethodType kind)
    {
        var log = new LogRecorder<ErrorInterceptor>();

        var failed =
            await Should.ThrowAsync<RpcException>(() => CallAsync(kind, log, new InvalidDataException($"{Secret} is damaged."), CancellationToken.None));

        failed.StatusCode.ShouldBe(StatusCode.Internal);
        failed.Status.Detail.ShouldNotContain(Secret);
        var info = failed.GetRpcStatus()!.GetDetail<ErrorInfo>()!;
        info.Reason.ShouldBe("INTERNAL_ERROR");
        var line = log.Entries.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Error);
        line.Message.ShouldContain(info.Metadata["error_id"]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_status_that_the_service_chose_stays(MethodType kind)
    {
        var log = new LogRecorder<ErrorInterceptor>();

        var failed = await Should.ThrowAsync<RpcException>(() => CallAsync(kind, log, RpcErrors.NotFound("UNKNOWN_MODEL", "none"), CancellationToken.None));

        failed.StatusCode.ShouldBe(StatusCode.NotFound);
        log.Entries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(MethodType.ServerStreaming)]
    [InlineData(MethodType.DuplexStreaming)]
    public async Task A_client_that_goes_away_ends_a_stream_without_an_error(MethodType kind)
    {
        var log = new LogRecorder<ErrorInterceptor>();
        var gone = new CancellationToken(canceled: true);

        await CallAsync(kind, log, new OperationCanceledException(gone), gone);

        log.Entries.ShouldBeEmpty();
    }

    private static InternalErrorCounter Errors { get; } = new(
        new MetricRegistry(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()));

    private static Task CallAsync(MethodType kind, ILogger<ErrorInterceptor> logger, Exception exception, CancellationToken cancel)
    {
        var interceptor = new ErrorInterceptor(Errors, logger);
        var context = new SomeCall(cancel);
        return kind switch
        {
            MethodType.Unary => interceptor.UnaryServerHandler<ScoreRequest, ScoreResponse>(new ScoreRequest(), context, (_, _) => throw exception),
            MethodType.ClientStreaming => interceptor.ClientStreamingServerHandler<ScoreRequest, ScoreResponse>(null!, context, (_, _) => throw exception),
            MethodType.ServerStreaming =>
                interceptor.ServerStreamingServerHandler<ScoreRequest, ScoreResponse>(new ScoreRequest(), null!, context, (_, _, _) => throw exception),
            _ => interceptor.DuplexStreamingServerHandler<ScoreRequest, ScoreResponse>(null!, null!, context, (_, _, _) => throw exception),
        };
    }

    private sealed class SomeCall(CancellationToken cancel) : ServerCallContext
    {
        protected override string MethodCore => "/accuracy_monitor.v1.Some/Call";

        protected override string HostCore => "localhost";

        protected override string PeerCore => "unix:";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore { get; } = [];

        protected override CancellationToken CancellationTokenCore => cancel;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => new(null, []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
