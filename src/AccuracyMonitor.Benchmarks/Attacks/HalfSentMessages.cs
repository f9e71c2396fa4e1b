using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>Observe messages that declare the largest size, bring nearly all of it and stop.</summary>
internal static class HalfSentMessages
{
    private const int Calls = 6;
    private const int Declared = 64 << 20;
    private const int Sent = 60 << 20;

    public static readonly Attack Attack = new("half-sent", $"{Calls} Observe messages of 64 MiB, 60 MiB of each sent on a connection of its own", RunAsync);

    private static async Task<string> RunAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        enough.CancelAfter(TimeSpan.FromSeconds(60));
        var bodies = Enumerable.Range(0, Calls).Select(_ => new Half(Declared, Sent)).ToArray();
        var calls = bodies.Select(b => CallAsync(sidecar, b, enough.Token)).ToArray();

        // Until each has been sent or refused.
        await Task.WhenAll(bodies.Zip(calls, (b, c) => Task.WhenAny(b.Done, c)));
        var during = await sidecar.ScoresAsync("during", cancel);
        await Task.WhenAny(Task.WhenAll(calls), Task.Delay(TimeSpan.FromSeconds(2), cancel));
        await enough.CancelAsync();
        var ends = await Task.WhenAll(calls);
        var outcomes = string.Join(", ", ends.GroupBy(e => e, StringComparer.Ordinal).Select(g => $"{g.Count()} × {g.Key}"));
        return $"{outcomes}; good prediction meanwhile: {(during ? "scored" : "lost")}";
    }

    private static async Task<string> CallAsync(AttackedSidecar sidecar, Half body, CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{sidecar.GrpcPort}/accuracy_monitor.v1.PredictionService/Observe")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            await answer.Content.ReadAsByteArrayAsync(cancel);
            var headers = answer.TrailingHeaders.Concat(answer.Headers);
            return headers.FirstOrDefault(h => h.Key == "grpc-status").Value?.FirstOrDefault() is { } status ? $"grpc-status {status}" : "no status";
        }
        catch (OperationCanceledException)
        {
            return "held";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return "connection lost";
        }
    }

    /// <summary>The frame's prefix and a part of its message.</summary>
    private sealed class Half : HttpContent
    {
        private readonly int _declared;
        private readonly int _sent;
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Half(int declared, int sent)
        {
            (_declared, _sent) = (declared, sent);
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        public Task Done => _done.Task;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            try
            {
                var chunk = new byte[64 << 10];
                BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(1), (uint)_declared);
                await stream.WriteAsync(chunk.AsMemory(0, 5), cancellationToken);
                chunk.AsSpan().Clear();
                for (var sent = 0; sent < _sent; sent += chunk.Length)
                {
                    await stream.WriteAsync(chunk, cancellationToken);
                }

                await stream.FlushAsync(cancellationToken);
                _done.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                _done.TrySetResult();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
