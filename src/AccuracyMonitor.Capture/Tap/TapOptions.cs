using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>A proxy in front of a model server that speaks the Open Inference Protocol.</summary>
public sealed class TapOptions
{
    public const string Section = "Tap";

    /// <summary>Address of the tap's ports; other pods reach it at 0.0.0.0. Default 127.0.0.1.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port for gRPC (HTTP/2 without TLS); 0: any free port; -1: none. Default -1.</summary>
    [Range(-1, 65535)]
    public int GrpcPort { get; set; } = -1;

    /// <summary>The model server's gRPC, http or https. Default http://127.0.0.1:8001, Triton's.</summary>
    [Required]
    public string GrpcUpstream { get; set; } = "http://127.0.0.1:8001";

    /// <summary>Port for REST (HTTP/1.1); 0: any free port; -1: none. Default -1.</summary>
    [Range(-1, 65535)]
    public int HttpPort { get; set; } = -1;

    /// <summary>The model server's REST, http or https. Default http://127.0.0.1:8000, Triton's.</summary>
    [Required]
    public string HttpUpstream { get; set; } = "http://127.0.0.1:8000";

    /// <summary>PEM file with the authorities that the certificates of https model servers are checked against; read again when it changes. Empty: the
    /// system's. Default empty.</summary>
    public string UpstreamAuthorityFile { get; set; } = "";

    /// <summary>HTTP/1.1 port for the probes /livez and /readyz, which ask whether bytes pass and not how monitoring fares; 0: any free port; -1: none. Default
    /// 7703.</summary>
    [Range(-1, 65535)]
    public int HealthPort { get; set; } = 7703;

    /// <summary>Open connections of each of the tap's ports, 1–1,000,000. Further ones are closed at once and counted. Default 1,024.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 1024;

    /// <summary>Which output holds the classes, per model: <c>model=output</c>, <c>model=output,logits</c>, <c>model=output,sigmoid</c>; <c>*</c> is every
    /// other model. Default: as the model's metadata says.</summary>
    public string[] Outputs { get; set; } = [];

    /// <summary>Ask the model server, once a model version, which outputs it has (<c>Tap:Outputs</c> goes before). Default on.</summary>
    public bool Metadata { get; set; } = true;

    /// <summary>Version of answers that name none, 1–128 characters. Default "unversioned".</summary>
    [Required]
    [StringLength(128)]
    public string DefaultVersion { get; set; } = "unversioned";

    /// <summary>Request headers that may bring a call's id, 1–100 visible ASCII characters; the first there is counts, else one is made. Default:
    /// accuracy-monitor-id, ce-id.</summary>
    public string[] IdHeaders { get; set; } = [];

    /// <summary>Use the id in the answer's body, where there is one, and return no header: for callers whose ids never repeat. Default off.</summary>
    public bool IdFromAnswer { get; set; }

    /// <summary>Largest answer, or message of a stream, that is copied, and largest it may unpack to, 1,024 bytes–1 GiB. Default 1 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int MaxAnswerBytes { get; set; } = 1 << 20;

    /// <summary>Answers that may wait to be read, 1–1,000,000; further ones are dropped. Default 4,096.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueuedAnswers { get; set; } = 4096;

    /// <summary>Bytes held at a time of copies, those of answers under way included, and of headers beyond 64 KiB of a connection. Further copies are dropped,
    /// and connections with further such headers pass unread. Default 64 MiB.</summary>
    [Range(1024, 1L << 36)]
    public long MaxQueuedBytes { get; set; } = 64L << 20;

    public bool IsOn => GrpcPort >= 0 || HttpPort >= 0;

    /// <summary>An array's default would be added to, not replaced, by the configuration.</summary>
    public IReadOnlyList<string> EffectiveIdHeaders => IdHeaders.Length > 0 ? IdHeaders : [TapCall.IdHeader, "ce-id"];
}

[OptionsValidator]
public sealed partial class TapOptionsValidator : IValidateOptions<TapOptions>;
