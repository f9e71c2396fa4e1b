using AccuracyMonitor.Client;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccuracyMonitor.Runs;

/// <summary>The sidecar's gRPC services, as the parts of a run (recorder, annotator) call them.</summary>
internal sealed class SidecarLink : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly EstimateService.EstimateServiceClient _estimates;

    /// <param name="address"><c>unix:///path</c> or <c>http(s)://host:port</c>; authorities, certificate and token by the variables of the client.</param>
    /// <param name="model">Whose estimates and queue are meant.</param>
    /// <param name="version">Of the model.</param>
    /// <exception cref="ArgumentException">The address is neither.</exception>
    public SidecarLink(string address, string model, string version)
    {
        Model = model;
        Version = version;
        _channel = MonitorChannel.Create(address, new MonitorClientOptions().ToCredentials());
        Labels = new LabelService.LabelServiceClient(_channel);
        Predictions = new PredictionService.PredictionServiceClient(_channel);
        _estimates = new EstimateService.EstimateServiceClient(_channel);
    }

    public string Model { get; }

    public string Version { get; }

    public LabelService.LabelServiceClient Labels { get; }

    public PredictionService.PredictionServiceClient Predictions { get; }

    /// <param name="window">One that the sidecar is set to; null: its shortest.</param>
    /// <returns>Null before the first prediction.</returns>
    public async Task<WindowEstimate?> EstimateAsync(TimeSpan? window, CancellationToken cancel)
    {
        try
        {
            var request = new GetEstimateRequest { Model = Model, Version = Version, Window = window?.ToDuration() };
            return (await _estimates.GetEstimateAsync(request, cancellationToken: cancel)).Estimate;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<QueueState> QueueAsync(CancellationToken cancel) =>
        (await Labels.GetQueueAsync(new GetQueueRequest { Model = Model, Version = Version }, cancellationToken: cancel)).State;

    public void Dispose() => _channel.Dispose();
}
