using AccuracyMonitor.V1;
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
            var latest = board.Latest;
            var alpha = settings.Value.Alpha;
            var response = new ListEstimatesResponse
            {
                Estimates = { latest.Windows.Select(e => EstimateMapping.ToWire(e, alpha)) },
                Running = { latest.Running.Select(r => EstimateMapping.ToWire(r, alpha)) },
                Differences = { latest.Differences.Select(d => EstimateMapping.ToWire(d, alpha)) },
            };
            return Results.Text(JsonFormatter.Default.Format(response), "application/json");
        });
}
