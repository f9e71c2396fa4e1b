using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>Where the sidecar listens.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>Unix socket for gRPC; empty: none. At most 107 bytes, the system's limit. Default data/accuracy-monitor.sock.</summary>
    [MaxLength(107)]
    public string Socket { get; set; } = "data/accuracy-monitor.sock";

    /// <summary>Permissions of the socket, in octal: 0666 lets every user of a shared folder connect. Default 0660.</summary>
    [RegularExpression("0?[0-7]{3}")]
    public string SocketMode { get; set; } = "0660";

    /// <summary>IP address of the TCP ports. Beyond 127.0.0.1 callers must be authenticated (section Access, Listen:Tls), or the sidecar does not start.
    /// Default 127.0.0.1.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>IP address of the gRPC port, where it is another. Default: Address.</summary>
    public string GrpcAddress { get; set; } = "";

    /// <summary>gRPC over HTTP/2, with TLS if Listen:Tls is set; 0: any free port; -1: none. Default 7700.</summary>
    [Range(-1, 65535)]
    public int GrpcPort { get; set; } = 7700;

    /// <summary>HTTP/1.1 for /metrics and the health pages; 0: any free port. Default 7701.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; set; } = 7701;

    /// <summary>
    /// Open connections of each listener, 1–65,536; further ones are closed at once. One remote address may have half of them. Fewer where the
    /// process may not open so many files. Default 64, of the sink's port four times as many.
    /// </summary>
    [Range(1, 65_536)]
    public int MaxConnections { get; set; } = 64;

    /// <summary>Take calls beyond this machine from anybody, with the roles of Access:LocalRoles: only where the network keeps others away. It is logged as a
    /// warning. Default off.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Answer /metrics, beside the health pages, to anybody who reaches the HTTP port. Default off.</summary>
    public bool AnonymousMetrics { get; set; }

    /// <summary>Names that the Host header of HTTP/1.1 requests may have beside addresses and localhost, as <c>*.shop.svc</c>; <c>*</c>: any. Default
    /// none.</summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>gRPC reflection, for tools that explore the API. Default on.</summary>
    public bool Reflection { get; set; } = true;

    /// <summary>Longest time for draining and flushing after SIGTERM. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public string EffectiveGrpcAddress => GrpcAddress.Length > 0 ? GrpcAddress : Address;
}

[OptionsValidator]
internal sealed partial class ListenOptionsValidator : IValidateOptions<ListenOptions>;
