using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>A call of a gRPC service that came over HTTP/1.1: the services see the same caller and the same method name as over gRPC.</summary>
internal sealed class HttpCallContext : ServerCallContext
{
    // GetHttpContext looks here when the call did not come over gRPC.
    private const string HttpContextKey = "__HttpContext";

    private readonly HttpContext _http;
    private readonly string _method;
    private readonly Metadata _headers = [];
    private readonly Metadata _trailers = [];

    public HttpCallContext(HttpContext http, string method)
    {
        (_http, _method) = (http, method);
        UserStateCore = new Dictionary<object, object>(EqualityComparer<object>.Default) { [HttpContextKey] = http };
    }

    protected override string MethodCore => _method;

    protected override string HostCore => _http.Request.Host.Value ?? "";

    protected override string PeerCore => _http.Connection.RemoteIpAddress?.ToString() ?? "";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _headers;

    protected override CancellationToken CancellationTokenCore => _http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _trailers;

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new("", new Dictionary<string, List<AuthProperty>>(StringComparer.Ordinal));

    protected override IDictionary<object, object> UserStateCore { get; }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
