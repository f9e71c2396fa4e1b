using System.Globalization;
using Google.Protobuf;

namespace AccuracyMonitor.Sidecar.Tests.Observability;

/// <summary>
/// Reads an OTLP ExportMetricsServiceRequest: only the fields that these tests compare. Field numbers are those of
/// opentelemetry/proto/metrics/v1/metrics.proto.
/// </summary>
internal static class OtlpPoints
{
    private const int Gauge = 5;
    private const int Sum = 7;
    private const int Histogram = 9;

    /// <returns>By series, in Prometheus' notation with the labels in order of their names. A histogram gives its _count and its _sum.</returns>
    public static Dictionary<string, double> Read(byte[] request)
    {
        var points = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var metric in Messages(request, 1).SelectMany(r => Messages(r, 2)).SelectMany(s => Messages(s, 2)))
        {
            var fields = Fields(metric);
            var name = fields.Single(f => f.Number == 1).Bytes.ToStringUtf8();
            foreach (var data in fields.Where(f => f.Number is Gauge or Sum or Histogram))
            {
                foreach (var point in Messages(data.Bytes.ToByteArray(), 1))
                {
                    Add(points, name, Fields(point), data.Number == Histogram);
                }
            }
        }

        return points;
    }

    /// <summary>The same of a text exposition; the buckets of histograms are left out.</summary>
    public static Dictionary<string, double> Read(string exposition)
    {
        var points = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in exposition.Split('\n').Where(l => l.Length > 0 && l[0] != '#' && !l.Contains("_bucket{", StringComparison.Ordinal)))
        {
            var at = line.LastIndexOf(' ');
            var (series, value) = (line[..at], double.Parse(line[(at + 1)..], CultureInfo.InvariantCulture));
            var brace = series.IndexOf('{', StringComparison.Ordinal);
            points.Add(brace < 0 ? series : Name(series[..brace], series[(brace + 1)..^2].Split("\",").Select(l => l + '"')), value);
        }

        return points;
    }

    private static void Add(Dictionary<string, double> points, string name, List<Field> point, bool isHistogram)
    {
        // Of a data point of a histogram: attributes 9, count 4, sum 5; of another: attributes 7, as_double 4.
        var labels = point.Where(f => f.Number == (isHistogram ? 9 : 7)).Select(f => Fields(f.Bytes.ToByteArray()))
            .Select(kv => $"{kv[0].Bytes.ToStringUtf8()}=\"{Fields(kv[1].Bytes.ToByteArray())[0].Bytes.ToStringUtf8()}\"");
        var four = point.Single(f => f.Number == 4).Fixed;
        if (isHistogram)
        {
            points.Add(Name(name + "_count", labels), four);
            points.Add(Name(name + "_sum", labels), BitConverter.UInt64BitsToDouble(point.Single(f => f.Number == 5).Fixed));
        }
        else
        {
            points.Add(Name(name, labels), BitConverter.UInt64BitsToDouble(four));
        }
    }

    private static string Name(string name, IEnumerable<string> labels)
    {
        var ordered = string.Join(',', labels.Order(StringComparer.Ordinal));
        return ordered.Length == 0 ? name : $"{name}{{{ordered}}}";
    }

    private static IEnumerable<byte[]> Messages(byte[] message, int number) =>
        Fields(message).Where(f => f.Number == number).Select(f => f.Bytes.ToByteArray());

    private static List<Field> Fields(byte[] message)
    {
        var input = new CodedInputStream(message);
        List<Field> fields = [];
        while (input.ReadTag() is > 0 and var tag)
        {
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited:
                    fields.Add(new Field(WireFormat.GetTagFieldNumber(tag), input.ReadBytes(), 0));
                    break;
                case WireFormat.WireType.Fixed64:
                    fields.Add(new Field(WireFormat.GetTagFieldNumber(tag), ByteString.Empty, input.ReadFixed64()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return fields;
    }

    private readonly record struct Field(int Number, ByteString Bytes, ulong Fixed);
}
