using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Demo.Data;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>Settings of the serving application: <c>--Serving:Listen=…</c>, or Serving__Listen in the environment.</summary>
internal sealed class ServingOptions
{
    public const string Section = "Serving";

    /// <summary>Where HTTP is served. Default http://127.0.0.1:8080; port 0 takes a free one and says which.</summary>
    [Required, Url]
    public string Listen { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Report to the accuracy monitor. False: the application as it was before, to compare with. Default true.</summary>
    public bool Monitored { get; set; } = true;

    /// <summary>Address of the accuracy monitor, <c>unix:///path</c> or <c>http://host:port</c>. Default: the client's own default.</summary>
    public string? Monitor { get; set; }

    /// <summary>The classifier's ONNX file. Default: the one that ships with the demo.</summary>
    public string Classifier { get; set; } = Path.Combine(DemoAssets.DefaultFolder, DemoAssets.ClassifierFile);

    /// <summary>Name under which predictions are reported, 1–128 characters.</summary>
    [Required, StringLength(128)]
    public string Model { get; set; } = "fashion";

    /// <summary>Version under which predictions are reported, 1–128 characters.</summary>
    [Required, StringLength(128)]
    public string Version { get; set; } = "1";

    /// <summary>Inputs held until the monitor has said whether their label is wanted.</summary>
    [Range(0, 1_000_000)]
    public int HeldInputs { get; set; } = 8192;

    /// <summary>Inputs kept because their label is wanted; the oldest go first.</summary>
    [Range(0, 1_000_000)]
    public int WantedInputs { get; set; } = 10_000;

    /// <summary>Stop when standard input closes: an application started by another process ends with it, however that one ended.</summary>
    public bool StopWithStandardInput { get; set; }
}

[OptionsValidator]
internal sealed partial class ServingOptionsValidator : IValidateOptions<ServingOptions>;
