using System.Net;
using AccuracyMonitor.Capture.OpenInference;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>What attributes can't say of the sink's settings.</summary>
public sealed class SinkRulesValidator : IValidateOptions<SinkOptions>
{
    public ValidateOptionsResult Validate(string? name, SinkOptions options)
    {
        List<string> failures = [.. OutputRules.Failures("Sink:Outputs", options.Outputs)];
        if (!IPAddress.TryParse(options.Address, out _))
        {
            failures.Add($"Sink:Address is '{options.Address}'; it must be an IP address, such as 0.0.0.0.");
        }

        if (options.TeeUrl.Length > 0 && !(Uri.TryCreate(options.TeeUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            failures.Add($"Sink:TeeUrl is '{options.TeeUrl}'; it must be an absolute http or https URL, or empty.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
