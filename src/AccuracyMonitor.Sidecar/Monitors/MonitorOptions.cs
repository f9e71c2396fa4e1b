using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>Which monitor a model starts with.</summary>
internal sealed class MonitorOptions
{
    public const string Section = "Monitor";

    /// <summary>
    /// ONNX file written by <c>accuracy-monitor monitor train</c>, used for every model without an entry in <see cref="ByModel"/>. Empty: the
    /// maximum softmax until a head has been recalibrated from labels.
    /// </summary>
    public string Artifact { get; set; } = "";

    /// <summary>
    /// Whether a file that is missing or damaged stops the start. False: a model without its file starts from the maximum softmax, and a log line
    /// says so; for a container in somebody else's pod, which is not served while one of its containers keeps failing. Default true.
    /// </summary>
    public bool Required { get; set; } = true;

    /// <summary>ONNX file by model name.</summary>
    public Dictionary<string, string> ByModel { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>Every configured monitor file must exist, so that a typing error does not start a sidecar without its monitor.</summary>
internal sealed class MonitorOptionsValidator : IValidateOptions<MonitorOptions>
{
    public ValidateOptionsResult Validate(string? name, MonitorOptions options)
    {
        if (!options.Required)
        {
            return ValidateOptionsResult.Success;
        }

        List<string> failures = [];
        if (options.Artifact.Length > 0 && !File.Exists(options.Artifact))
        {
            failures.Add($"Monitor:Artifact is '{options.Artifact}'; there is no such file.");
        }

        foreach (var (model, path) in options.ByModel)
        {
            if (!File.Exists(path))
            {
                failures.Add($"Monitor:ByModel:{model} is '{path}'; there is no such file.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
