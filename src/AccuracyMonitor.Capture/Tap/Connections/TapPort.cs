using AccuracyMonitor.Capture.Tap.Http1;
using AccuracyMonitor.Capture.Tap.Http2;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>One port of the tap: the protocol that is read there, and the model server behind it.</summary>
internal sealed record TapPort(TapProtocol Protocol, TapUpstream Upstream, ReadCalls Calls)
{
    /// <summary>
    /// How long a caller whose connection has no model server may take for its first call. A gRPC caller that may call before it has the server's settings
    /// does so at once. Others wait for the settings: without them, the end of the connection is to them a failed attempt to connect.
    /// </summary>
    public TimeSpan FirstCallWait => TimeSpan.FromSeconds(Protocol == TapProtocol.Grpc ? 0.5 : 5);

    public ConnectionReader NewReader() => Protocol == TapProtocol.Grpc ? new Http2Reader(Calls, Upstream.IsTls) : new Http1Reader(Calls);
}
