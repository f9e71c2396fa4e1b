namespace AccuracyMonitor.Injector.Decisions;

/// <summary>What the sidecar is called in a pod. Selectors, rules and people know these names.</summary>
internal static class SidecarNames
{
    public const string Container = "accuracy-monitor";
    public const string SocketVolume = "accuracy-monitor-socket";
    public const string DataVolume = "accuracy-monitor-data";
    public const string MonitorVolume = "accuracy-monitor-artifact";
    public const string HttpPort = "am-metrics";
    public const string GrpcPort = "am-grpc";
    public const string SinkPort = "am-sink";
    public const string TapHealthPort = "am-tap";

    public const string SocketFolder = "/var/run/accuracy-monitor";
    public const string Socket = SocketFolder + "/accuracy-monitor.sock";
    public const string DataFolder = "/var/lib/accuracy-monitor";
    public const string MonitorFolder = "/etc/accuracy-monitor/monitor";

    public static readonly IReadOnlyList<string> Ports = [HttpPort, GrpcPort, SinkPort, TapHealthPort];
}
