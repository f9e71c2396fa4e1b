using AccuracyMonitor.V1;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>The latest estimates as JSON, for a browser or curl.</summary>
internal static class EstimatesPage
{
    public static void MapEstimatesPage(this WebApplication app) => app.MapGet("/estimates", WriteAsync);

    // A delegate with parameters to bind is compiled from expression trees, megabytes of code for one page.
    private static Task WriteAsync(HttpContext context)
    {
        var latest = context.RequestServices.GetRequiredService<LatestEstimates>().Latest;
        var alpha = context.RequestServices.GetRequiredService<IOptions<EstimationOptions>>().Value.Alpha;
        var response = new ListEstimatesResponse
        {
            Estimates = { latest.Windows.Select(e => EstimateMapping.ToWire(e, alpha)) },
            Running = { latest.Running.Select(r => EstimateMapping.ToWire(r, alpha)) },
            Differences = { latest.Differences.Select(d => EstimateMapping.ToWire(d, alpha)) },
            Realized = { latest.Realized.Select(RealizedMapping.ToWire) },
        };
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(ReadableJson.Of(response), context.RequestAborted);
    }
}
