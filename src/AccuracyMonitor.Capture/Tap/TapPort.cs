using AccuracyMonitor.Capture.Tap.Http1;
using AccuracyMonitor.Capture.Tap.Http2;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>One port of the tap: the protocol that is read there, and the model server behind it.</summary>
internal sealed record TapPort(TapProtocol Protocol, TapUpstream Upstream, ReadCalls Calls)
{
    public ConnectionReader NewReader() => Protocol == TapProtocol.Grpc ? new Http2Reader(Calls, Upstream.IsTls) : new Http1Reader(Calls);
}
