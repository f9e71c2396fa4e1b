using System.Net.Sockets;
using AccuracyMonitor.Client;
using AccuracyMonitor.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>
/// Clients whose process ends in the middle of a stream: each opens a connection, sends a batch, reads the answer, sends another batch, and
/// closes its socket without ending the call. Four at a time, five times per second.
/// </summary>
internal sealed class VanishingClients : IAsyncDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly string _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _messages;

    /// <param name="socket">Socket of the sidecar. The clients start at once.</param>
    public VanishingClients(string socket)
    {
        _socket = socket;
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => VanishAsync()));
            await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task VanishAsync()
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = async (_, cancel) =>
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancel);
            return new NetworkStream(connection, ownsSocket: true);
        };
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });
        try
        {
            using var call = new PredictionService.PredictionServiceClient(channel).Observe(cancellationToken: _stop.Token);
            await call.RequestStream.WriteAsync(Message(), _stop.Token);
            await call.ResponseStream.MoveNext(_stop.Token);
            await call.RequestStream.WriteAsync(Message(), _stop.Token);

            // Closed before the call ends, because ending the call would notify the server.
            connection.Dispose();
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException)
        {
            // The sidecar may be busy; the next client tries again.
        }
        finally
        {
            connection.Dispose();
        }
    }

    private ObserveRequest Message() =>
        BenchSidecar.Message((ulong)Interlocked.Increment(ref _messages), BenchLoad.Softmax(10, 64, seed: 1), 10, model: "vanishing");
}
