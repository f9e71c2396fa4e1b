using AccuracyMonitor.Client;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccuracyMonitor.Cli.Demo;

/// <summary>The sidecar's gRPC services, as the demo's own parts (display, annotator) call them.</summary>
internal sealed class SidecarLink : IDisposable
{
    public const string Model = "fashion";
    public const string Version = "1";

    private readonly GrpcChannel _channel;
    private readonly EstimateService.EstimateServiceClient _estimates;
    private readonly MonitorService.MonitorServiceClient _monitors;

    public SidecarLink(string address)
    {
        _channel = MonitorChannel.Create(address);
        Labels = new LabelService.LabelServiceClient(_channel);
        Predictions = new PredictionService.PredictionServiceClient(_channel);
        _estimates = new EstimateService.EstimateServiceClient(_channel);
        _monitors = new MonitorService.MonitorServiceClient(_channel);
    }

    public LabelService.LabelServiceClient Labels { get; }

    public PredictionService.PredictionServiceClient Predictions { get; }

    /// <summary>Null before the first prediction.</summary>
    public async Task<WindowEstimate?> EstimateAsync(TimeSpan window, CancellationToken cancel)
    {
        try
        {
            var request = new GetEstimateRequest { Model = Model, Version = Version, Window = window.ToDuration() };
            return (await _estimates.GetEstimateAsync(request, cancellationToken: cancel)).Estimate;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<QueueState> QueueAsync(CancellationToken cancel) =>
        (await Labels.GetQueueAsync(new GetQueueRequest { Model = Model, Version = Version }, cancellationToken: cancel)).State;

    public async Task<IReadOnlyList<MonitorDescription>> MonitorsAsync(CancellationToken cancel) =>
        (await _monitors.ListMonitorsAsync(new ListMonitorsRequest { Model = Model, Version = Version }, cancellationToken: cancel)).Monitors;

    public void Dispose() => _channel.Dispose();
}
