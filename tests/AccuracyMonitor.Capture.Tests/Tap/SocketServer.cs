using System.Net;
using System.Net.Sockets;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Capture.Tests.Tap;

/// <summary>A model server of which a test writes every byte, and the tap's port in front of it.</summary>
internal sealed class SocketServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SocketServer()
    {
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
    }

    public Uri Address { get; }

    public Task<Socket> AcceptAsync() => _listener.AcceptSocketAsync();

    /// <summary>From here on nobody takes connections at this address.</summary>
    public void Dispose() => _listener.Dispose();

    public TapConnection Connection(FakeCaller caller, TapProtocol protocol, TapQueue? queue = null, TimeProvider? time = null)
    {
        var options = new TapOptions();
        var calls = new ReadCalls(protocol, options, queue ?? new TapQueue(options, TimeProvider.System, NullLogger.Instance));
        var port = new TapPort(protocol, new TapUpstream(protocol, Address.ToString(), TimeProvider.System), calls);
        return new TapConnection(caller, port, new UnreachableLog(NullLogger.Instance, TimeProvider.System), time ?? TimeProvider.System);
    }
}
