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

    /// <summary>Permissions of the socket, in octal: 0666 lets every user of a shared folder connect. Empty: the process's umask decides. Default
    /// empty.</summary>
    [RegularExpression("0?[0-7]{3}")]
    public string SocketMode { get; set; } = "";

    /// <summary>Address of the TCP ports. Default 127.0.0.1.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>gRPC over HTTP/2 without TLS; 0: any free port; -1: none. Default 7700.</summary>
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

    /// <summary>gRPC reflection, for tools that explore the API. Default on.</summary>
    public bool Reflection { get; set; } = true;

    /// <summary>Longest time for draining and flushing after SIGTERM. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class ListenOptionsValidator : IValidateOptions<ListenOptions>;
