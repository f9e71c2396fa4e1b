using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>A call that is also cancelled by a token of ours.</summary>
internal sealed class CancellableCallContext : ServerCallContext
{
    // The key by which GetHttpContext finds the request of a call that is not of the framework's own class.
    private const string HttpContextKey = "__HttpContext";

    private readonly ServerCallContext _call;

    public CancellableCallContext(ServerCallContext call, CancellationToken cancel)
    {
        (_call, CancellationTokenCore) = (call, cancel);
        call.UserState[HttpContextKey] = call.GetHttpContext();
    }

    protected override CancellationToken CancellationTokenCore { get; }

    protected override string MethodCore => _call.Method;

    protected override string HostCore => _call.Host;

    protected override string PeerCore => _call.Peer;

    protected override DateTime DeadlineCore => _call.Deadline;

    protected override Metadata RequestHeadersCore => _call.RequestHeaders;

    protected override Metadata ResponseTrailersCore => _call.ResponseTrailers;

    protected override AuthContext AuthContextCore => _call.AuthContext;

    protected override IDictionary<object, object> UserStateCore => _call.UserState;

    protected override Status StatusCore
    {
        get => _call.Status;
        set => _call.Status = value;
    }

    protected override WriteOptions? WriteOptionsCore
    {
        get => _call.WriteOptions;
        set => _call.WriteOptions = value;
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => _call.WriteResponseHeadersAsync(responseHeaders);

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => _call.CreatePropagationToken(options);
}
