using System.Globalization;
using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Patching;

/// <summary>The sidecar's settings in a pod, by the names that its command line has.</summary>
internal static class SidecarSettings
{
    /// <summary>All addresses of the pod, of both families: a pod of an IPv6-only cluster has no IPv4 address that others could reach.</summary>
    private const string Everywhere = "::";

    /// <summary>Needed by default, and yet an operator's: on which addresses the sidecar's ports are.</summary>
    private static readonly string[] Addresses = ["Listen:Address", "Sink:Address", "Tap:Address"];

    /// <summary>As an environment variable.</summary>
    public static string Variable(string setting) => "ACCURACY_MONITOR_" + setting.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>
    /// Each name once; what annotations ask for comes before the settings of all sidecars, and what a pod needs before both. Only the addresses that
    /// the settings of all sidecars name come before those that a pod needs.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(SidecarPlan plan)
    {
        List<KeyValuePair<string, string>> settings = [];
        Dictionary<string, string> addresses = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in plan.Common.Settings.Select(Split).Where(s => Addresses.Contains(s.Name, StringComparer.OrdinalIgnoreCase)))
        {
            addresses.TryAdd(name, value);
        }

        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Needed(plan).Concat(Asked(plan.Request)).Concat(plan.Common.Settings.Select(Split)))
        {
            if (names.Add(name))
            {
                settings.Add(KeyValuePair.Create(name, addresses.GetValueOrDefault(name, value)));
            }
        }

        if (StorageShare(plan.Resources.Storage.Limit) is { } most && names.Add("Storage:MaxBytes"))
        {
            settings.Add(KeyValuePair.Create("Storage:MaxBytes", most.ToString(CultureInfo.InvariantCulture)));
        }

        return settings;
    }

    /// <summary>Half of the limit on the pod's own disk, the log of the database and what others write being the rest: the kubelet evicts the whole pod,
    /// the application included, when the limits of its containers are exceeded together.</summary>
    private static long? StorageShare(string? limit) =>
        limit is not null && AnnotationReader.Value(limit) is { } bytes ? (long)Math.Max(16 << 20, bytes / 2) : null;

    private static IEnumerable<(string Name, string Value)> Needed(SidecarPlan plan)
    {
        var request = plan.Request;
        yield return ("Listen:Socket", SidecarNames.Socket);

        // The application runs as another user than the sidecar.
        yield return ("Listen:SocketMode", "0666");
        yield return ("Listen:Address", Everywhere);
        yield return ("Listen:AnonymousMetrics", "true");
        yield return ("Listen:GrpcPort", Number(request.GrpcPort ?? -1));
        if (request.GrpcPort is not null)
        {
            // The containers of the pod reach it there, and other pods do not.
            yield return ("Listen:GrpcAddress", "127.0.0.1");
        }

        yield return ("Listen:HttpPort", Number(request.HttpPort));
        yield return ("Storage:Path", SidecarNames.DataFolder + "/accuracy-monitor.db");
        yield return ("Training:Mode", "Off");
        if (request.Mode == CaptureMode.Sink)
        {
            yield return ("Sink:Port", Number(request.SinkPort));
            yield return ("Sink:Address", Everywhere);

            // Loggers cannot authenticate; the annotation that asks for a sink asks for this.
            yield return ("Sink:AllowAnonymous", "true");
        }

        if (request.Mode == CaptureMode.Tap)
        {
            yield return ("Tap:Address", Everywhere);
            yield return ("Tap:HealthPort", Number(plan.Common.TapHealthPort));
        }

        foreach (var (protocol, tap) in ((string, TapPort?)[])[("Grpc", plan.TapGrpc), ("Http", plan.TapHttp)])
        {
            if (tap is not null)
            {
                yield return ($"Tap:{protocol}Port", Number(tap.Port));
                yield return ($"Tap:{protocol}Upstream", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{tap.Upstream}"));
            }
        }
    }

    private static IEnumerable<(string Name, string Value)> Asked(SidecarRequest request)
    {
        if (request.Objective is { } objective)
        {
            yield return ("Alarms:Objective", objective);
        }

        if (request.Budget is { } budget)
        {
            yield return ("Sampling:Budget", budget);
        }

        if (request.Monitor is { } monitor)
        {
            yield return ("Monitor:Artifact", monitor.Kind == MonitorSourceKind.File ? monitor.Path : $"{SidecarNames.MonitorFolder}/{monitor.Path}");
            yield return ("Monitor:Required", "false");
        }

        if (request.Mode != CaptureMode.Sdk)
        {
            for (var i = 0; i < request.Outputs.Count; i++)
            {
                yield return (
                    string.Create(CultureInfo.InvariantCulture, $"{(request.Mode == CaptureMode.Tap ? "Tap" : "Sink")}:Outputs:{i}"), request.Outputs[i]);
            }
        }
    }

    private static (string Name, string Value) Split(string setting)
    {
        var at = setting.IndexOf('=', StringComparison.Ordinal);
        return (setting[..at], setting[(at + 1)..]);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
