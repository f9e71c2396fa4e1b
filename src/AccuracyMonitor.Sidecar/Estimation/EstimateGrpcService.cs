using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

internal sealed class EstimateGrpcService(
    ModelRegistry registry, Estimator estimator, EstimateBoard board, IOptions<EstimationSettings> settings, TimeProvider time)
    : EstimateService.EstimateServiceBase
{
    public override Task<GetEstimateResponse> GetEstimate(GetEstimateRequest request, ServerCallContext context)
    {
        var window = WindowIndex(request);
        var key = new ModelKey(request.Model, request.Version);
        if (!registry.TryGet(key, out var model))
        {
            throw RpcErrors.NotFound("UNKNOWN_MODEL", $"No prediction of {key} has been seen.");
        }

        var series = model.Whole;
        if (request.Segment.Length > 0 && !model.Segments.TryGetValue(request.Segment, out series))
        {
            throw RpcErrors.NotFound("UNKNOWN_SEGMENT", $"{key} has no segment '{request.Segment}'.");
        }

        var published = estimator.Estimate(model, series, window, time.GetUtcNow());
        return Task.FromResult(new GetEstimateResponse { Estimate = EstimateMapping.ToWire(published, settings.Value.Alpha) });
    }

    public override Task<ListEstimatesResponse> ListEstimates(ListEstimatesRequest request, ServerCallContext context) =>
        Task.FromResult(new ListEstimatesResponse { Estimates = { Select(request.Model, request.Version) } });

    public override async Task WatchEstimates(
        WatchEstimatesRequest request, IServerStreamWriter<WatchEstimatesResponse> responseStream, ServerCallContext context)
    {
        while (!context.CancellationToken.IsCancellationRequested)
        {
            var next = board.NextAsync();
            await responseStream.WriteAsync(
                new WatchEstimatesResponse { Estimates = { Select(request.Model, request.Version) } }, context.CancellationToken);
            await next.WaitAsync(context.CancellationToken);
        }
    }

    private IEnumerable<WindowEstimate> Select(string model, string version) => board.Latest
        .Where(e => model.Length == 0 || string.Equals(e.Series.Model, model, StringComparison.Ordinal))
        .Where(e => version.Length == 0 || string.Equals(e.Series.Version, version, StringComparison.Ordinal))
        .Select(e => EstimateMapping.ToWire(e, settings.Value.Alpha));

    private int WindowIndex(GetEstimateRequest request)
    {
        if (request.Window is not { } asked)
        {
            return 0;
        }

        var index = Array.IndexOf(estimator.Windows, TimeSpan.FromSeconds(asked.Seconds) + TimeSpan.FromTicks(asked.Nanos / 100));
        return index >= 0
            ? index
            : throw RpcErrors.Invalid("window", $"window is {asked.Seconds} s; it must be one of Estimation:Windows ({string.Join(", ", estimator.Windows)}).");
    }
}
