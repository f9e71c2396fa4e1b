using System.Buffers;
using System.Globalization;
using System.Text;

namespace AccuracyMonitor.Hosting.Metrics;

/// <summary>Writes metrics in Prometheus' text format 0.0.4.</summary>
public static class Exposition
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void MapMetrics(this WebApplication app) => app.MapGet("/metrics", static async context =>
    {
        context.Response.ContentType = ContentType;
        Write(context.RequestServices.GetRequiredService<MetricRegistry>(), context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    });

    public static void Write(MetricRegistry registry, IBufferWriter<byte> to)
    {
        foreach (var (family, series) in registry.Read())
        {
            var (name, help, labels) = family.Description;
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escape(help)}\n# TYPE {name} {family.Type.ToString().ToLowerInvariant()}\n");
            foreach (var one in series)
            {
                text.Append(name);
                WriteLabels(text, labels, one.Labels);
                text.Append(' ').Append(Number(one.Value)).Append('\n');
            }

            if (family is HistogramFamily histogram)
            {
                WriteHistogram(text, name, histogram.Read());
            }

            foreach (var chunk in text.GetChunks())
            {
                Encoding.UTF8.GetBytes(chunk.Span, to);
            }
        }
    }

    private static void WriteLabels(StringBuilder text, string[] names, string[] values)
    {
        for (var i = 0; i < names.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(names[i]).Append("=\"").Append(Escape(values[i]).Replace("\"", "\\\"", StringComparison.Ordinal))
                .Append('"');
        }

        text.Append(names.Length > 0 ? "}" : "");
    }

    private static void WriteHistogram(StringBuilder text, string name, HistogramReading reading)
    {
        var count = 0L;
        for (var i = 0; i < reading.Counts.Length; i++)
        {
            count += reading.Counts[i];
            var bound = i < reading.Bounds.Length ? Number(reading.Bounds[i]) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{bound}\"}} {count}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_sum {Number(reading.Sum)}\n{name}_count {count}\n");
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("r", CultureInfo.InvariantCulture).Replace('E', 'e'),
    };
}
