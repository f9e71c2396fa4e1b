using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Bridge.Serving;

/// <summary>Where the bridge listens for webhooks and shows stored inputs.</summary>
internal sealed class ServingOptions
{
    public const string Section = "Listen";

    /// <summary>Address of the port. Default 127.0.0.1.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>HTTP port for webhooks, stored inputs and health; 0: any free port; -1: none. Default 7790.</summary>
    [Range(-1, 65535)]
    public int Port { get; set; } = 7790;

    /// <summary>Address at which Label Studio and the browsers of annotators reach this port, as https://bridge.example. Default empty: no webhook is made,
    /// answers are only polled, and stored inputs cannot be shown.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Without a slash at its end.</summary>
    internal string PublicRoot => PublicUrl.TrimEnd('/');
}

[OptionsValidator]
internal sealed partial class ServingOptionsValidator : IValidateOptions<ServingOptions>;

internal sealed class ServingAddressValidator : IValidateOptions<ServingOptions>
{
    public ValidateOptionsResult Validate(string? name, ServingOptions options)
    {
        List<string> failures = [];
        if (!IPAddress.TryParse(options.Address, out _))
        {
            failures.Add($"Listen:Address is '{options.Address}'; it must be an IP address.");
        }

        if (options.PublicUrl.Length > 0
            && !(Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)))
        {
            failures.Add($"Listen:PublicUrl is '{options.PublicUrl}'; it must be http://… or https://….");
        }

        if (options.PublicUrl.Length > 0 && options.Port < 0)
        {
            failures.Add("Listen:PublicUrl is set and Listen:Port is -1; webhooks need a port.");
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
