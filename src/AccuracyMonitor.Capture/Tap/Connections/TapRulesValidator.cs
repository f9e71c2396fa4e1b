using System.Net;
using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.Hosting.Tls;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>What attributes can't say of the tap's settings.</summary>
public sealed class TapRulesValidator : IValidateOptions<TapOptions>
{
    public ValidateOptionsResult Validate(string? name, TapOptions options)
    {
        List<string> failures = [.. OutputRules.Failures("Tap:Outputs", options.Outputs)];
        if (!IPAddress.TryParse(options.Address, out _))
        {
            failures.Add($"Tap:Address is '{options.Address}'; it must be an IP address, such as 0.0.0.0.");
        }

        CheckUpstream("Tap:GrpcUpstream", options.GrpcUpstream, options.GrpcPort, failures);
        CheckUpstream("Tap:HttpUpstream", options.HttpUpstream, options.HttpPort, failures);
        if (options.UpstreamAuthorityFile.Length > 0 && ServerAuthorities.WhyUnusable(options.UpstreamAuthorityFile) is { } unusable)
        {
            failures.Add($"Tap:UpstreamAuthorityFile cannot be used: {unusable}");
        }

        foreach (var header in options.IdHeaders.Where(h => h.Length == 0 || h.Any(c => c is <= ' ' or > '~' or ':')))
        {
            failures.Add($"Tap:IdHeaders has '{header}'; it must be the name of a header.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckUpstream(string setting, string value, int port, List<string> failures)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.AbsolutePath != "/" || url.Query.Length > 0)
        {
            failures.Add($"{setting} is '{value}'; it must be an http or https URL of a host and a port, such as http://127.0.0.1:8001.");
        }
        else if (port > 0 && url.Port == port && url.IsLoopback)
        {
            failures.Add($"{setting} is '{value}'; that is the tap's own port.");
        }
    }
}
