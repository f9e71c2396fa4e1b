using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

internal sealed class EstimateGrpcService(
    ModelRegistry registry, Estimator estimator, AlarmUpdater alarms, RunningHistory running, LatestEstimates estimates, LabelQualityReader quality,
    IOptions<EstimationOptions> settings, TimeProvider time)
    : EstimateService.EstimateServiceBase
{
    private readonly double _alpha = settings.Value.Alpha;

    /// <remarks>Its alarms and running accuracy have counted every label that was acknowledged before the call.</remarks>
    public override async Task<GetEstimateResponse> GetEstimate(GetEstimateRequest request, ServerCallContext context)
    {
        var window = WindowIndex(request.Window);
        var model = Find(request.Model, request.Version);
        var series = SeriesOf(model, request);
        await alarms.RunAsync(model, context.CancellationToken);
        await running.RefreshAsync(model, context.CancellationToken);
        var published = estimator.Estimate(model, series, time.GetUtcNow())[window];
        return new GetEstimateResponse
        {
            Estimate = EstimateMapping.ToWire(published, _alpha),
            Running = { model.Running.Read(_alpha).Select(r => EstimateMapping.ToWire(new PublishedRunning(model.Key, r), _alpha)) },
        };
    }

    public override Task<ListEstimatesResponse> ListEstimates(ListEstimatesRequest request, ServerCallContext context)
    {
        var latest = Select(request.Model, request.Version, request.PredictedClasses);
        var (page, next) = Paging.PageByName(latest.Windows, NameOf, request.PageSize, request.PageToken);
        var response = new ListEstimatesResponse { Estimates = { page.Select(e => EstimateMapping.ToWire(e, _alpha)) }, NextPageToken = next };
        if (request.PageToken.Length == 0)
        {
            response.Running.Add(latest.Running);
            response.Differences.Add(latest.Differences);
            response.Realized.Add(latest.Realized);
        }

        return Task.FromResult(response);
    }

    public override Task<CompareVersionsResponse> CompareVersions(CompareVersionsRequest request, ServerCallContext context)
    {
        var window = WindowIndex(request.Window);
        if (string.Equals(request.Version, request.Baseline, StringComparison.Ordinal))
        {
            throw RpcErrors.Invalid("baseline", $"baseline is '{request.Baseline}'; it must be another version than version.");
        }

        var now = time.GetUtcNow();
        var (version, baseline) = (Find(request.Model, request.Version), Find(request.Model, request.Baseline));
        var one = estimator.Estimate(version, version.AllTraffic, now)[window];
        var two = estimator.Estimate(baseline, baseline.AllTraffic, now)[window];
        return Task.FromResult(new CompareVersionsResponse
        {
            Difference = EstimateMapping.ToWire(VersionComparison.Between(one, two), _alpha),
            VersionEstimate = EstimateMapping.ToWire(one, _alpha),
            BaselineEstimate = EstimateMapping.ToWire(two, _alpha),
        });
    }

    public override async Task WatchEstimates(
        WatchEstimatesRequest request, IServerStreamWriter<WatchEstimatesResponse> responseStream, ServerCallContext context)
    {
        while (!context.CancellationToken.IsCancellationRequested)
        {
            var next = estimates.NextAsync();
            var latest = Select(request.Model, request.Version, request.PredictedClasses);
            var windows = latest.Windows.ToArray();
            for (var begin = 0; begin == 0 || begin < windows.Length; begin += Paging.MaxSize)
            {
                var message = new WatchEstimatesResponse
                {
                    Estimates = { windows.Skip(begin).Take(Paging.MaxSize).Select(e => EstimateMapping.ToWire(e, _alpha)) },
                    More = begin + Paging.MaxSize < windows.Length,
                };
                if (begin == 0)
                {
                    message.Running.Add(latest.Running);
                    message.Differences.Add(latest.Differences);
                    message.Realized.Add(latest.Realized);
                }

                await responseStream.WriteAsync(message, context.CancellationToken);
            }

            await next.WaitAsync(context.CancellationToken);
        }
    }

    // A page goes on after the last name of the one before, whatever was estimated anew meanwhile.
    private static string NameOf(PublishedEstimate e) => string.Join(
        '\n', e.Series.Model, e.Series.Version, e.Series.Segment, $"{e.Series.PredictedClass}", $"{e.Window.Ticks:D19}");

    private static SeriesState SeriesOf(ModelState model, GetEstimateRequest request)
    {
        if (request.PredictedClass.Length > 0)
        {
            return request.Segment.Length > 0
                ? throw RpcErrors.Invalid(
                    "predicted_class", $"predicted_class is '{request.PredictedClass}' and segment '{request.Segment}'; only one of them may be given.")
                : model.Classes.All.FirstOrDefault(c => string.Equals(c.Key.ClassName, request.PredictedClass, StringComparison.Ordinal))
                    ?? throw RpcErrors.NotFound("UNKNOWN_CLASS", $"{model.Key} has no windows of class '{request.PredictedClass}'.");
        }

        if (request.Segment.Length == 0)
        {
            return model.AllTraffic;
        }

        return model.Segments.TryGetValue(request.Segment, out var segment)
            ? segment
            : throw RpcErrors.NotFound("UNKNOWN_SEGMENT", $"{model.Key} has no segment '{request.Segment}'.");
    }

    public override async Task<GetLabelQualityResponse> GetLabelQuality(GetLabelQualityRequest request, ServerCallContext context)
    {
        var window = WindowIndex(request.Window);
        var (model, now) = (Find(request.Model, request.Version), time.GetUtcNow());
        var since = now - estimator.Windows[window];
        var read = await quality.ReadAsync(model, context.CancellationToken);
        var audited = estimator.Estimate(model, model.AllTraffic, now)[window].Estimate.Audited;
        var response = LabelQualityMapping.ToWire(read, await quality.LabelsByAnnotatorAsync(model, since, context.CancellationToken));
        response.NoiseCorrected = LabelQualityMapping.ToWire(read.Correct(audited), _alpha);
        response.Skips = LabelQualityMapping.ToWire(await quality.SkipsAsync(model, since, context.CancellationToken), audited);
        return response;
    }

    private ModelState Find(string model, string version)
    {
        var key = new ModelKey(model, version);
        return registry.TryGet(key, out var found) ? found : throw RpcErrors.NotFound("UNKNOWN_MODEL", $"No prediction of {key} has been seen.");
    }

    private Selection Select(string model, string version, bool classes)
    {
        var latest = estimates.Latest;
        return new Selection(
            latest.Windows.Where(e => Asked(e.Series.ModelKey) && (classes || e.Series.PredictedClass is null)).OrderBy(NameOf, StringComparer.Ordinal),
            latest.Running.Where(r => Asked(r.Key)).Select(r => EstimateMapping.ToWire(r, _alpha)),
            latest.Differences.Where(d => Asked(d.Key)).Select(d => EstimateMapping.ToWire(d, _alpha)),
            latest.Realized.Where(r => Asked(r.Key)).Select(RealizedMapping.ToWire));

        bool Asked(ModelKey key) => (model.Length == 0 || string.Equals(key.Model, model, StringComparison.Ordinal))
            && (version.Length == 0 || string.Equals(key.Version, version, StringComparison.Ordinal));
    }

    private int WindowIndex(Duration? window)
    {
        if (window is not { } asked)
        {
            return 0;
        }

        var index = WireDurations.ToTimeSpan(asked) is { } length ? Array.IndexOf(estimator.Windows, length) : -1;
        return index >= 0
            ? index
            : throw RpcErrors.Invalid(
                "window", $"window is {WireDurations.Describe(asked)}; it must be one of Estimation:Windows ({string.Join(", ", estimator.Windows)}).");
    }

    /// <summary>What a caller asked for of the latest estimates.</summary>
    private sealed record Selection(
        IEnumerable<PublishedEstimate> Windows, IEnumerable<V1.RunningAccuracy> Running, IEnumerable<AccuracyDifference> Differences,
        IEnumerable<V1.RealizedAccuracy> Realized);
}
