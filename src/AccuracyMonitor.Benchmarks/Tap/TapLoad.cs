using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;
using Grpc.Net.Client;
using MathNet.Numerics.Statistics;

namespace AccuracyMonitor.Benchmarks.Tap;

/// <summary>Calls for predictions over one route: latencies of single calls, then throughput with many concurrent calls.</summary>
internal sealed class TapLoad : IDisposable
{
    private const int Pixels = LabelledImages.PixelCount;

    private readonly GrpcChannel _channel;
    private readonly HttpClient _http;
    private readonly Uri _restUri;
    private readonly bool _grpc;
    private readonly ModelInferRequest _message;
    private readonly byte[] _json;
    private readonly List<double> _latencies = [];
    private double _seconds;

    public TapLoad(TapWay way, bool grpc, int rows)
    {
        (Way, _grpc) = (way, grpc);
        _channel = GrpcChannel.ForAddress(way.Grpc, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false } });
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        _restUri = new Uri(way.Rest, "/v2/models/fashion/infer");
        var random = new Random(1);
        float[] pixels = [.. Enumerable.Range(0, rows * Pixels).Select(_ => random.Next(256) / 255f)];
        _message = new ModelInferRequest
        {
            ModelName = "fashion",
            Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "image", Datatype = "FP32",
                Shape = { rows, 1, LabelledImages.Side, LabelledImages.Side } } },
            RawInputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes(pixels.AsSpan())) },
        };
        _json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            inputs = new[] { new { name = "image", datatype = "FP32", shape = (int[])[rows, 1, LabelledImages.Side, LabelledImages.Side], data = pixels } },
        });
    }

    public TapWay Way { get; }

    /// <summary>Total number of answered calls.</summary>
    public long Calls { get; private set; }

    private long ConcurrentCalls { get; set; }

    public double PerSecond => ConcurrentCalls / _seconds;

    /// <summary>Seconds, not more than <paramref name="share"/> of the calls were faster.</summary>
    public double Percentile(double share) => _latencies.QuantileCustom(share, QuantileDefinition.EmpiricalInvCDF);

    public async Task OneAtATimeAsync(TimeSpan duration, bool counts, CancellationToken cancel)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < duration;)
        {
            var started = Stopwatch.GetTimestamp();
            await CallAsync(cancel);
            if (counts)
            {
                _latencies.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            Calls++;
        }
    }

    public async Task ManyAtATimeAsync(int callers, TimeSpan duration, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var calls = 0L;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(
            async () =>
            {
                while (watch.Elapsed < duration)
                {
                    await CallAsync(cancel);
                    Interlocked.Increment(ref calls);
                }
            },
            cancel)));
        _seconds += watch.Elapsed.TotalSeconds;
        ConcurrentCalls += calls;
        Calls += calls;
    }

    public void Dispose()
    {
        _channel.Dispose();
        _http.Dispose();
    }

    private async Task CallAsync(CancellationToken cancel)
    {
        if (_grpc)
        {
            await new GRPCInferenceService.GRPCInferenceServiceClient(_channel).ModelInferAsync(_message, cancellationToken: cancel);
            return;
        }

        using var content = new ByteArrayContent(_json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _http.PostAsync(_restUri, content, cancel);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(cancel);
    }
}
