using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Bridge;

/// <summary>The bridge between the label queue and a labelling tool.</summary>
internal sealed class BridgeOptions
{
    public const string Section = "Bridge";

    /// <summary>gRPC address of the sidecar or hub: unix:///path, http://host:port or https://host:port. Default http://127.0.0.1:7700.</summary>
    [Required]
    public string Target { get; set; } = "http://127.0.0.1:7700";

    /// <summary>PEM file with the authorities trusted for https. Default empty: the system's.</summary>
    public string AuthorityFile { get; set; } = "";

    /// <summary>PEM file with the bridge's own certificate, for a sidecar that asks for one over https. Default empty: none.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the key of CertificateFile, not encrypted. Default empty.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>File with a bearer token that may label. Default empty: none.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>The model whose requests are labelled. A project has the classes of one model.</summary>
    [Required(ErrorMessage = "The BridgeOptions.Model field must name the model whose requests are labelled.")]
    public string Model { get; set; } = "";

    /// <summary>Only this version. Default empty: all.</summary>
    public string Version { get; set; } = "";

    /// <summary>File with the class names, a line each, class 0 first. Default empty: the names that the sidecar has (Labelling:Classes).</summary>
    public string ClassesFile { get; set; } = "";

    /// <summary>SQLite file with what the bridge must know after a crash. Default data/label-studio-bridge.db.</summary>
    [Required]
    public string Journal { get; set; } = "data/label-studio-bridge.db";

    /// <summary>Length of a lease; it is renewed when a third of it is over. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "12:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Requests that are leased at a time, 1–10,000. Default 200.</summary>
    [Range(1, 10_000)]
    public int MaxTasks { get; set; } = 200;

    /// <summary>Tasks of one import, 1–1,000. Default 100.</summary>
    [Range(1, 1000)]
    public int ImportSize { get; set; } = 100;

    /// <summary>How often both sides are asked. A webhook is faster. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often every task is read, to find what no event and no poll showed, and the webhook is checked. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Imports whose answer was lost are looked for during this time, and sent again after it. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan ImportGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest pause while a side does not answer. Default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Finished requests are forgotten after this time; changes of their annotations are then no longer taken. Default 30 d.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromDays(30);
}

[OptionsValidator]
internal sealed partial class BridgeOptionsValidator : IValidateOptions<BridgeOptions>;
