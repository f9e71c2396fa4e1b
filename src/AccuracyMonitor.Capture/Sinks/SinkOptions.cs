using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>A sink for the events that KServe's logger, Knative, MLServer and ModelMesh send of calls they served.</summary>
public sealed class SinkOptions
{
    public const string Section = "Sink";

    /// <summary>HTTP/1.1 port of the sink; 0: any free port; -1: no sink. Default -1.</summary>
    [Range(-1, 65535)]
    public int Port { get; set; } = -1;

    /// <summary>Address of the sink's port; other pods reach it at 0.0.0.0. Default 127.0.0.1.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Take events beyond this machine from anybody: KServe's logger cannot authenticate. Only where the network keeps others away; it is logged
    /// as a warning. Default off: callers need the role observe.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Which output holds the classes, per model: <c>model=output</c>, <c>model=output,logits</c>, <c>model=output,sigmoid</c>; <c>*</c> is every
    /// other model. Default: the only one that can.</summary>
    public string[] Outputs { get; set; } = [];

    /// <summary>Version of answers that name none, 1–128 characters. Default "unversioned".</summary>
    [Required]
    [StringLength(128)]
    public string DefaultVersion { get; set; } = "unversioned";

    /// <summary>Components whose answers count; <c>*</c>: all. Events that name no component always count. Default: predictor.</summary>
    public string[] Components { get; set; } = [];

    /// <summary>Largest body taken, and largest message unpacked, 1,024 bytes–1 GiB. Default 8 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int MaxEventBytes { get; set; } = 8 << 20;

    /// <summary>Events that may wait to be read, 1–1,000,000; further ones are dropped. Default 4,096.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueuedEvents { get; set; } = 4096;

    /// <summary>Bytes of events held at a time: bodies, as much of each as has arrived, and the headers kept with them, those that wait for the tee included.
    /// Further events are dropped. One sender may hold three quarters. Default 64 MiB.</summary>
    [Range(1024, 1L << 36)]
    public long MaxQueuedBytes { get; set; } = 64L << 20;

    /// <summary>Events remembered so that a redelivery is not counted twice, 1,024–16,777,216. Default 65,536.</summary>
    [Range(1024, 1 << 24)]
    public int RememberedEvents { get; set; } = 1 << 16;

    /// <summary>Calls of which one half has come and the other has not, 1–1,000,000. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxPendingCalls { get; set; } = 10_000;

    /// <summary>Bytes held for such calls. Default 16 MiB.</summary>
    [Range(1024, 1L << 36)]
    public long MaxPendingBytes { get; set; } = 16L << 20;

    /// <summary>How long the other half is waited for, 100 ms–1 h. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan PendingLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Another sink that gets the same events; empty: none.</summary>
    public string TeeUrl { get; set; } = "";

    /// <summary>Events that may wait for the tee, 1–1,000,000; further ones are dropped. Default 1,024.</summary>
    [Range(1, 1_000_000)]
    public int TeeQueuedEvents { get; set; } = 1024;

    /// <summary>Calls to the tee at a time, 1–256. Default 4.</summary>
    [Range(1, 256)]
    public int TeeConcurrency { get; set; } = 4;

    /// <summary>Longest time of a call to the tee, 10 ms–5 min; there is no second try. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00")]
    public TimeSpan TeeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>An array's default would be added to, not replaced, by the configuration.</summary>
    public IReadOnlyList<string> EffectiveComponents => Components.Length > 0 ? Components : ["predictor"];
}

[OptionsValidator]
public sealed partial class SinkOptionsValidator : IValidateOptions<SinkOptions>;
