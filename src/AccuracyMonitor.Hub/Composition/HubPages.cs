using System.Text.Encodings.Web;
using System.Text.Json;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Hub.Estimation;
using AccuracyMonitor.Hub.Store;

namespace AccuracyMonitor.Hub.Composition;

/// <summary>The pages of the HTTP port.</summary>
internal static class HubPages
{
    public static void MapHubPages(this WebApplication app)
    {
        app.MapMetrics();
        app.MapGet("/", static () => Results.Text(
            "Accuracy Monitor hub\n\n/estimates  the fleet's estimates\n/metrics    Prometheus metrics\n/healthz    health\n/readyz     readiness\n"));
        app.MapGet("/healthz", static (HubHealth health) => Answer(health.Read(), readiness: false));
        app.MapGet("/readyz", static (HubHealth health) => Answer(health.Read(), readiness: true));
        app.MapGet("/estimates", WriteAsync);
    }

    /// <summary>A hub without its database lives: to start it again would not bring the database back.</summary>
    private static IResult Answer(string? problem, bool readiness) => problem is null
        ? Results.Text("ok\n")
        : Results.Text($"{problem}\n", statusCode: readiness ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);

    private static async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        var fleet = context.RequestServices.GetRequiredService<LatestFleet>().Value;
        if (fleet is not null)
        {
            json.WriteString("at", fleet.At);
            json.WriteNumber("sources_living", fleet.Backlog.Living);
            json.WriteNumber("sources_ever", fleet.Backlog.Sources);
            json.WriteNumber("backlog_changes", fleet.Backlog.Changes);
        }

        json.WriteStartArray("estimates");
        foreach (var window in fleet?.Windows ?? [])
        {
            Write(json, window);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FleetEstimate window)
    {
        json.WriteStartObject();
        json.WriteString("model", window.Series.Model);
        json.WriteString("version", window.Series.Version);
        json.WriteString("segment", window.Series.Segment);
        json.WriteString("predicted_class", window.Series.ClassName);
        json.WriteString("window", WindowNames.Of(window.Window));
        json.WriteNumber("predictions", window.Estimate.Predictions);
        json.WriteNumber("labels", window.Estimate.Labels);
        json.WriteNumber("requested", window.Estimate.Requested);
        json.WriteNumber("unanswered", window.Estimate.Unanswered);
        Write(json, "label_free", window.Estimate.LabelFree);
        Write(json, "labelled", window.Estimate.Labelled);
        Write(json, "audited", window.Estimate.Audited);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, AccuracyEstimate estimate)
    {
        json.WriteStartObject(name);
        json.WriteString("state", estimate.State switch
        {
            EstimateState.Ok => "ok",
            EstimateState.InsufficientSamples => "insufficient_samples",
            EstimateState.InsufficientLabels => "insufficient_labels",
            _ => "monitor_invalid",
        });
        if (estimate.State == EstimateState.Ok)
        {
            json.WriteNumber("value", estimate.Value);
            json.WriteNumber("lower", estimate.Lower);
            json.WriteNumber("upper", estimate.Upper);
        }

        json.WriteEndObject();
    }
}
