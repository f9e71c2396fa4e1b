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

    /// <summary>
    /// PEM files with the public keys (elliptic curve, as <c>cosign generate-key-pair</c> writes) of those who may make monitors. With any, a monitor is taken
    /// only with a signature of one of them: a file's is beside it with the ending <c>.sig</c>, that of a registered monitor in the call. Empty: no signature
    /// is asked for.
    /// </summary>
    public string[] PublicKeys { get; set; } = [];

    /// <summary>ONNX file by model name.</summary>
    public Dictionary<string, string> ByModel { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>Keys must be readable, and every configured monitor file must exist, so that a typing error does not start a sidecar without its monitor.</summary>
internal sealed class MonitorOptionsValidator : IValidateOptions<MonitorOptions>
{
    public ValidateOptionsResult Validate(string? name, MonitorOptions options)
    {
        List<string> failures = [.. options.PublicKeys.Select(MonitorSignatures.Problem).OfType<string>()];
        if (options.Required)
        {
            failures.AddRange(MissingFiles(options));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> MissingFiles(MonitorOptions options)
    {
        if (options.Artifact.Length > 0 && !File.Exists(options.Artifact))
        {
            yield return $"Monitor:Artifact is '{options.Artifact}'; there is no such file.";
        }

        foreach (var (model, path) in options.ByModel)
        {
            if (!File.Exists(path))
            {
                yield return $"Monitor:ByModel:{model} is '{path}'; there is no such file.";
            }
        }
    }
}
