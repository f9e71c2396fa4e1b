using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Client;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>The hub that keeps what this sidecar knows when its pod is gone.</summary>
internal sealed class HubOptions
{
    public const string Section = "Hub";

    /// <summary>gRPC address of the hub: http://host:port, https://host:port or unix:///path. Default empty: no hub.</summary>
    public string Address { get; set; } = "";

    /// <summary>PEM file with the authorities trusted for https. Default empty: the system's.</summary>
    public string AuthorityFile { get; set; } = "";

    /// <summary>File with a bearer token that the hub lets report (role observe); read again when it changes. Default empty: none.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>PEM file with the client certificate of this sidecar, with <c>ClientKeyFile</c>; read again when it changes. Default empty: none.</summary>
    public string ClientCertificateFile { get; set; } = "";

    /// <summary>PEM file with the key of <c>ClientCertificateFile</c>. Default empty: none.</summary>
    public string ClientKeyFile { get; set; } = "";

    /// <summary>Name of this sidecar at the hub, for people, at most 253 characters. Default empty: the host name, which in Kubernetes is the pod's.</summary>
    [MaxLength(253)]
    public string Instance { get; set; } = "";

    /// <summary>How often changes are reported. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a report, 64 KiB–1 MiB. Default 1 MiB.</summary>
    [Range(64 << 10, 1 << 20)]
    public int MaxReportBytes { get; set; } = 1 << 20;

    /// <summary>How long the answer to a report may take. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the last changes are reported after SIGTERM, within <c>Listen:ShutdownTimeout</c>. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(10);

    public bool IsOn => Address.Length > 0;

    /// <summary>How this sidecar says at the hub who it is.</summary>
    public MonitorCredentials Credentials => new()
    {
        CertificateAuthorityFile = AuthorityFile,
        TokenFile = TokenFile,
        ClientCertificateFile = ClientCertificateFile,
        ClientKeyFile = ClientKeyFile,
    };

    public string EffectiveInstance => Instance.Length > 0 ? Instance : Environment.MachineName;
}

[OptionsValidator]
internal sealed partial class HubOptionsValidator : IValidateOptions<HubOptions>;
