using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>Calls the hub.</summary>
internal sealed class HubCalls : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly FleetService.FleetServiceClient _client;
    private readonly WindowPlan _windows;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public HubCalls(IOptions<HubOptions> options, ModelPlan plan, TimeProvider time)
    {
        var settings = options.Value;
        _channel = MonitorChannel.Create(settings.Address, settings.Credentials);
        _client = new FleetService.FleetServiceClient(_channel);
        (_windows, _timeout, _time) = (plan.Windows, settings.RequestTimeout, time);
    }

    /// <exception cref="RpcException">The hub did not take the report, or its answer did not come.</exception>
    public async Task<HubAnswer> ReportAsync(HubReport report, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            return ReportMapping.FromWire(await _client.ReportAsync(ReportMapping.ToWire(report, _windows), cancellationToken: either.Token));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && either.IsCancellationRequested)
        {
            cancel.ThrowIfCancellationRequested();
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"no answer came within {_timeout.TotalSeconds:0.#} s (Hub:RequestTimeout)", e));
        }
    }

    public void Dispose() => _channel.Dispose();
}
