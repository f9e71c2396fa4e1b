using System.Runtime.InteropServices;
using AccuracyMonitor.Client;
using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Bridge.Tests.Support;

/// <summary>The real sidecar on a socket, which asks for a label of every prediction; K = 3.</summary>
internal sealed class LabelledSidecar(string folder, string[] settings) : IAsyncDisposable
{
    private CancellationTokenSource _stop = new();
    private Task<int> _running = Task.FromResult(0);

    public string Target => $"unix://{Socket}";

    public GrpcChannel Channel { get; } = MonitorChannel.Create($"unix://{Path.Combine(folder, "am.sock")}");

    public LabelService.LabelServiceClient Labels => new(Channel);

    private string Socket => Path.Combine(folder, "am.sock");

    private string Database => Path.Combine(folder, "am.db");

    public static async Task<LabelledSidecar> StartAsync(string folder, params string[] settings)
    {
        var sidecar = new LabelledSidecar(folder, settings);
        await sidecar.StartAsync();
        return sidecar;
    }

    public async Task StartAsync()
    {
        _stop = new CancellationTokenSource();
        _running = Task.Run(() => SidecarHost.RunAsync(
            [
                $"--Listen:Socket={Socket}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={Database}", "--Sampling:Budget=1",
                "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=10000000", "--Training:Mode=Off", "--Adaptation:RecalibrateEvery=0",
                "--Labelling:ExpiryInterval=100ms", "--Logging:LogLevel:Default=Error", .. settings,
            ],
            _stop.Token));
        await Eventually.TrueAsync(
            async () =>
            {
                _running.IsCompleted.ShouldBeFalse();
                try
                {
                    await Labels.GetQueueAsync(new GetQueueRequest(), deadline: DateTime.UtcNow.AddSeconds(5));
                    return true;
                }
                catch (RpcException)
                {
                    return false;
                }
            },
            "the sidecar answers");
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        (await _running).ShouldBe(0);
        _stop.Dispose();
        _running = Task.FromResult(0);
        _stop = new CancellationTokenSource();
    }

    public Task RequestAsync(params string[] ids) => RequestAsync(ids, references: []);

    /// <param name="ids">Of predictions.</param>
    /// <param name="references">To their inputs; none: empty.</param>
    public async Task RequestAsync(string[] ids, params string[] references)
    {
        float[] row = [0.5f, 0.3f, 0.2f];
        var values = Enumerable.Repeat(row, ids.Length).SelectMany(r => r).ToArray();
        var batch = new PredictionBatch
        {
            Model = "m",
            Version = "1",
            ClassCount = 3,
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
            Ids = { ids },
            InputReferences = { references },
        };
        var response = await new PredictionService.PredictionServiceClient(Channel).ScoreAsync(new ScoreRequest { Batch = batch });
        response.Items.ShouldAllBe(i => i.LabelRequested);
    }

    public async Task<QueueState> QueueAsync() => (await Labels.GetQueueAsync(new GetQueueRequest())).State;

    /// <summary>All label requests by prediction id.</summary>
    public async Task<Dictionary<string, ListedRequest>> RequestsAsync() =>
        (await Labels.ListRequestsAsync(new ListRequestsRequest { Model = "m" })).Requests.ToDictionary(r => r.PredictionId, StringComparer.Ordinal);

    /// <summary>Of a sidecar that is stopped.</summary>
    public async Task<IReadOnlyList<LabelEntry>> HistoryAsync(string prediction)
    {
        await using var store = await MonitorStore.OpenAsync(new StoreOptions { Path = Database }, TimeProvider.System, NullLogger.Instance);
        return await store.LabelHistoryAsync(new ModelKey("m", "1"), prediction);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        Channel.Dispose();
    }
}
