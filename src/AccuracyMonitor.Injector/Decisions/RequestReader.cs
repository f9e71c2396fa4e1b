namespace AccuracyMonitor.Injector.Decisions;

/// <summary>From annotations to a request, with everything that is wrong with them at once.</summary>
internal static class RequestReader
{
    public const string ImageBound = "an image with a tag other than 'latest', or a digest";
    public const string LeastMemoryRequest = "64Mi";
    public const string LeastMemoryLimit = "128Mi";

    private const int DefaultDrainSeconds = 10;

    private static readonly HashSet<string> Known = [.. Annotations.Options.Select(o => o.Name), Annotations.Status];

    /// <param name="annotations">The pod's, with its namespace's where the pod has none of that name.</param>
    /// <param name="common">The defaults.</param>
    public static (SidecarRequest Request, IReadOnlyList<string> Failures) Read(IReadOnlyDictionary<string, string> annotations, InjectionOptions common)
    {
        var reader = new AnnotationReader(annotations);
        foreach (var name in annotations.Keys.Where(n => n.StartsWith(Annotations.Prefix, StringComparison.Ordinal) && !Known.Contains(n))
            .Order(StringComparer.Ordinal))
        {
            reader.Fail(
                $"{name} is no annotation of accuracy-monitor {typeof(RequestReader).Assembly.GetName().Version?.ToString(3)}; look for a typing error.");
        }

        var request = new SidecarRequest
        {
            Mode = reader.Choice<CaptureMode>(Annotations.Mode) ?? CaptureMode.Sdk,
            Form = reader.Choice<SidecarForm>(Annotations.Sidecar),
            Image = reader.Text(Annotations.Image, ImageBound, Names.IsPinnedImage) ?? common.Image,
            Resources = Resources(reader, common),
            Model = reader.Name(Annotations.Model),
            Version = reader.Name(Annotations.Version),
            ClassCount = reader.Number(Annotations.ClassCount, 2, 10_000),
            Objective = reader.Ratio(Annotations.Objective, 0.01, 0.9999),
            Budget = reader.Ratio(Annotations.Budget, 0.0001, 1),
            Monitor = reader.Text(Annotations.Monitor, MonitorSource.Forms, static t => MonitorSource.Parse(t) is not null) is { } source
                ? MonitorSource.Parse(source) : null,
            Containers = List(reader, Annotations.Containers, ',', "names of containers with commas between them", static _ => true),
            Outputs = List(reader, Annotations.Outputs, ';', "model=output or model=output,logits, several with ';' between them", IsOutput),
            TapGrpcPort = reader.Text(Annotations.TapGrpcPort, "the name of a port, at most 15 of a-z, 0-9 and -", Names.IsPort),
            TapGrpcUpstream = reader.Number(Annotations.TapGrpcUpstream, 1, 65535),
            TapHttpPort = reader.Text(Annotations.TapHttpPort, "the name of a port, at most 15 of a-z, 0-9 and -", Names.IsPort),
            TapHttpUpstream = reader.Number(Annotations.TapHttpUpstream, 1, 65535),
            DrainSeconds = reader.Number(Annotations.DrainSeconds, 0, 600) ?? DefaultDrainSeconds,
            HttpPort = reader.Number(Annotations.HttpPort, 1024, 65535) ?? common.HttpPort,
            GrpcPort = reader.Number(Annotations.GrpcPort, 1024, 65535),
            SinkPort = reader.Number(Annotations.SinkPort, 1024, 65535) ?? common.SinkPort,
        };
        return (request, reader.Failures);
    }

    private static SidecarResources Resources(AnnotationReader reader, InjectionOptions common)
    {
        var cpu = Pair(reader, (Annotations.CpuRequest, "1m", common.CpuRequest), (Annotations.CpuLimit, "10m", common.CpuLimit));
        var memory = Pair(
            reader, (Annotations.MemoryRequest, LeastMemoryRequest, common.MemoryRequest), (Annotations.MemoryLimit, LeastMemoryLimit, common.MemoryLimit));
        return new SidecarResources(cpu, memory);
    }

    /// <summary>A request above its limit would have the pod refused: a default gives way to an annotation, of two annotations one is wrong.</summary>
    private static ResourcePair Pair(
        AnnotationReader reader, (string Name, string Least, string Common) request, (string Name, string Least, string Common) limit)
    {
        var (writtenRequest, writtenLimit) = (reader.Quantity(request.Name, request.Least), reader.Quantity(limit.Name, limit.Least));
        var (least, most) = (writtenRequest ?? Set(request.Common), writtenLimit ?? Set(limit.Common));
        if (least is null || most is null || AnnotationReader.IsAtLeast(most, least))
        {
            return new ResourcePair(least, most);
        }

        if (writtenRequest is not null && writtenLimit is not null)
        {
            reader.Fail($"{request.Name} is '{least}', more than {limit.Name}, '{most}'.");
        }

        return writtenRequest is null ? new ResourcePair(most, most) : new ResourcePair(least, least);

        static string? Set(string text) => text.Length > 0 ? text : null;
    }

    private static string[] List(AnnotationReader reader, string name, char separator, string bound, Func<string, bool> holds)
    {
        var text = reader.Text(name, bound, t => Parts(t) is { Length: > 0 } parts && parts.All(holds));
        return text is null ? [] : Parts(text);

        string[] Parts(string t) => t.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool IsOutput(string text) =>
        text.Split('=') is [{ Length: > 0 }, { Length: > 0 } right] && right.Split(',') is [{ Length: > 0 }] or [{ Length: > 0 }, "logits" or "probabilities"];
}
