using KestrelListener = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace AccuracyMonitor.Hosting;

/// <summary>The listeners of one host, each known by its use.</summary>
public sealed class Listeners
{
    private readonly List<(ListenerUse Use, KestrelListener Listener)> _all = [];

    /// <summary>Of every listener, in the order they were added. Once the host has started they have the ports that were bound.</summary>
    public IEnumerable<(ListenerUse Use, string Address)> Addresses => _all.Select(l => (l.Use, Display(l.Listener)));

    public void Add(ListenerUse use, KestrelListener listener) => _all.Add((use, listener));

    /// <exception cref="InvalidOperationException">The host has none for this use, or several.</exception>
    public string AddressOf(ListenerUse use) => Display(_all.Single(l => l.Use == use).Listener);

    private static string Display(KestrelListener listener) => listener.ToString()!.Replace("http://unix:", "unix://", StringComparison.Ordinal);
}

public enum ListenerUse
{
    /// <summary>gRPC services of the sidecar, on a Unix socket or TCP.</summary>
    Grpc,

    /// <summary>Metrics, health and estimates.</summary>
    Http,

    /// <summary>Events of calls that were logged.</summary>
    Sink,

    /// <summary>gRPC calls on their way to the model server.</summary>
    TapGrpc,

    /// <summary>REST calls on their way to the model server.</summary>
    TapRest,

    /// <summary>Health of the tap.</summary>
    TapProbes,
}
