using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>The labelling queue.</summary>
internal sealed class LabellingOptions
{
    public const string Section = "Labelling";

    /// <summary>A request not answered in this time counts as unanswered; a later label is still taken. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan RequestLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Lease length when the annotator names none. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Share of the requests that a second annotator answers too, and a third where the two disagree, 0–1. They are drawn before any answer. Their
    /// answers show how often labels are wrong, and never replace a label. 0: none. Default 0.05.</summary>
    [Range(0.0, 1.0)]
    public double SecondOpinionShare { get; set; } = 0.05;

    /// <summary>Most answers that one annotator gives in a clock hour, 1–10,000,000; more are refused with RESOURCE_EXHAUSTED. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxLabelsPerAnnotatorHour { get; set; } = 100_000;

    /// <summary>How often overdue leases and requests are looked for. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ExpiryInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Labels of predictions that nobody asked to label are kept apart and enter no estimate; the oldest go beyond this number, and after
    /// Storage:Retention. 0: such labels are refused. Default 100,000, about 20 MB.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxLabelsApart { get; set; } = 100_000;

    /// <summary>By model: a JSON file with the names of its classes, at most 1 MiB; read again when it changes. Default none: classes are numbers.</summary>
    public Dictionary<string, string> Classes { get; set; } = new(StringComparer.Ordinal);

    /// <summary>By model: a Markdown file with the guidelines for its annotators, at most 256 KiB; read again when it changes. Default none.</summary>
    public Dictionary<string, string> Guidelines { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Let annotators choose on the label page to see the model's answer beside the input. It pulls their answers towards the model's; each label
    /// says whether it was shown. Default off.</summary>
    public bool Reveal { get; set; }

    /// <summary>Where the start page and the page of a model link to for dashboards, as <c>https://grafana.example/d/accuracy</c>. Empty: nowhere. Default
    /// empty.</summary>
    public string DashboardAddress { get; set; } = "";
}

[OptionsValidator]
internal sealed partial class LabellingOptionsValidator : IValidateOptions<LabellingOptions>;
