using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>The latest estimates as JSON, for a browser or curl: the wire's own JSON form.</summary>
internal static class EstimatesPage
{
    public static void MapEstimatesPage(this WebApplication app) => app.MapGet(
        "/estimates",
        static (EstimateBoard board, IOptions<EstimationSettings> settings) =>
        {
            var response = new V1.ListEstimatesResponse { Estimates = { board.Latest.Select(e => EstimateMapping.ToWire(e, settings.Value.Alpha)) } };
            return Results.Text(JsonFormatter.Default.Format(response), "application/json");
        });
}
