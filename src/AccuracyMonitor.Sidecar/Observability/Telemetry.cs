using AccuracyMonitor.Hosting.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>OTLP push, when an endpoint is configured.</summary>
internal static class Telemetry
{
    /// <summary>Series that OTLP can export of a metric by segment or by predicted class. OpenTelemetry allocates a place for each at start, about 100
    /// bytes.</summary>
    public const int SeriesLimit = 20_000;

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        if (!Uri.TryCreate(settings.OtlpEndpoint, UriKind.Absolute, out var endpoint))
        {
            return;
        }

        var telemetry =
            builder.Services.AddOpenTelemetry().ConfigureResource(r => r.AddService("accuracy-monitor", serviceInstanceId: Environment.MachineName));
        telemetry.WithMetrics(m => m.AddMeter(MetricRegistry.MeterName).AddOtlpExporter((exporter, reader) =>
        {
            exporter.Endpoint = Signal(endpoint, settings, "v1/metrics");
            exporter.Protocol = settings.OtlpProtocol;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)settings.PushInterval.TotalMilliseconds;
        }));
        builder.Services.ConfigureOpenTelemetryMeterProvider(static (services, m) => m.AddSeriesLimits(services.GetRequiredService<MetricRegistry>()));
        if (settings.TraceRatio > 0)
        {
            telemetry.WithTracing(t => t
                .AddSource(Tracing.SourceName)

                // Not by the parent: ASP.NET Core's own activity is one, and nobody samples it.
                .SetSampler(new TraceIdRatioBasedSampler(settings.TraceRatio))
                .AddOtlpExporter(exporter =>
                {
                    exporter.Endpoint = Signal(endpoint, settings, "v1/traces");
                    exporter.Protocol = settings.OtlpProtocol;
                }));
        }
    }

    /// <summary>
    /// OpenTelemetry holds 2,000 series of a metric and adds the further ones up into one, which is a wrong number for a ratio. A hundred classes
    /// in three windows and three estimates are 900 for one model version.
    /// </summary>
    public static MeterProviderBuilder AddSeriesLimits(this MeterProviderBuilder builder, MetricRegistry registry) => builder.AddView(
        instrument => registry.Find(instrument.Name)?.Description.Labels.Any(l => l is "segment" or "predicted_class") == true
            ? new MetricStreamConfiguration { CardinalityLimit = SeriesLimit }
            : null);

    /// <summary>An endpoint set in code is taken literally by the exporter, so the HTTP form needs its path.</summary>
    private static Uri Signal(Uri endpoint, TelemetryOptions settings, string path) =>
        settings.OtlpProtocol == OpenTelemetry.Exporter.OtlpExportProtocol.HttpProtobuf && endpoint.AbsolutePath == "/" ? new Uri(endpoint, path) : endpoint;
}
