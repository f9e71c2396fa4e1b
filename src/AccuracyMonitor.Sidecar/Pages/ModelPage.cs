using System.Text.Json;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Pages;

/// <summary>What the start page and the page of a model show: the published estimates, alarms, the queue, and what became of the last requests.</summary>
internal sealed class ModelPage(
    PageCalls calls, LabelGrpcService labels, EstimateGrpcService quality, LatestEstimates estimates, ModelRegistry registry, MonitorStore store,
    IOptions<EstimationOptions> settings)
{
    private const int RecentRequests = 25;

    private readonly double _alpha = settings.Value.Alpha;

    /// <summary>All models that the caller may read.</summary>
    public async Task ModelsAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        var latest = estimates.Latest;
        var models = latest.Models.Where(m => caller.May(Roles.Read, m.Key.Model)).OrderBy(m => $"{m.Key}", StringComparer.Ordinal).ToArray();
        List<QueueCounts> queues = [];
        foreach (var model in models)
        {
            queues.Add(await store.CountsAsync(model.Key.Model, model.Key.Version, http.RequestAborted));
        }

        await PageAnswers.JsonAsync(http, PageAnswers.Write(json =>
        {
            json.WriteString("at", latest.At);
            json.WriteNumber("confidence", 1 - _alpha);
            json.WriteNumber("minLabels", settings.Value.MinLabels);
            json.WriteStartArray("models");
            foreach (var (model, queue) in models.Zip(queues))
            {
                json.WriteStartObject();
                Write(json, model, queue, latest);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
    }

    /// <remarks>Whoever reads the list may be asked for an opinion, whatever else he may do.</remarks>
    public Task RequestsAsync(HttpContext http) => calls.CallAsync<ListRequestsRequest, ListRequestsResponse>(
        http,
        PageCalls.LabelService + nameof(labels.ListRequests),
        new ListRequestsRequest
        {
            Model = http.Request.Query["model"].ToString(),
            Version = http.Request.Query["version"].ToString(),
            PageSize = RecentRequests,
            Withhold = true,
        },
        labels.ListRequests,
        ReadableJson.Of);

    /// <summary>How far the labels can be trusted.</summary>
    public Task QualityAsync(HttpContext http) => calls.CallAsync<GetLabelQualityRequest, GetLabelQualityResponse>(
        http,
        PageCalls.EstimateService + nameof(quality.GetLabelQuality),
        new GetLabelQualityRequest { Model = http.Request.Query["model"].ToString(), Version = http.Request.Query["version"].ToString() },
        quality.GetLabelQuality,
        ReadableJson.Of);

    private void Write(Utf8JsonWriter json, PublishedModel model, QueueCounts queue, PublishedEstimates latest)
    {
        json.WriteString("model", model.Key.Model);
        json.WriteString("version", model.Key.Version);
        json.WriteNumber("classCount", model.ClassCount);
        json.WriteNumber("budget", model.Budget);
        if (model.Objective is { } objective)
        {
            json.WriteNumber("objective", objective);
        }

        json.WriteNumber("waiting", queue.Waiting);
        json.WriteNumber("leased", queue.Leased);
        json.WriteNumber("answered", queue.Answered);
        json.WriteNumber("skipped", queue.Skipped);
        json.WriteNumber("expired", queue.Expired);
        json.WriteStartArray("windows");
        foreach (var window in latest.Windows.Where(w => !w.Series.IsSubgroup && w.Series.ModelKey == model.Key))
        {
            ReadableJson.Write(json, EstimateMapping.ToWire(window, _alpha));
        }

        json.WriteEndArray();
        json.WriteStartArray("running");
        foreach (var running in latest.Running.Where(r => r.Key == model.Key))
        {
            ReadableJson.Write(json, EstimateMapping.ToWire(running, _alpha));
        }

        json.WriteEndArray();
        json.WriteStartArray("history");
        foreach (var point in registry.TryGet(model.Key, out var state) ? state.Part<EstimateHistory>().Points : [])
        {
            json.WriteStartObject();
            json.WriteNumber("at", point.At.ToUnixTimeMilliseconds());
            Write(json, "audited", point.Audited);
            Write(json, "labelFree", point.LabelFree);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, HistoryInterval? interval)
    {
        if (interval is { } known)
        {
            json.WriteStartArray(name);
            json.WriteNumberValue(known.Value);
            json.WriteNumberValue(known.Lower);
            json.WriteNumberValue(known.Upper);
            json.WriteEndArray();
        }
    }
}
