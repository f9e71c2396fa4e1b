using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Hosting;

/// <summary>Where the injector listens, and how it ends.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>IP address of both ports. Default <c>::</c>, every address of IPv4 and IPv6, since the API server is on another machine.</summary>
    [Required]
    public string Address { get; set; } = "::";

    /// <summary>HTTPS for admission requests; 0: any free port. Default 8443.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8443;

    /// <summary>HTTP for /metrics, /healthz and /readyz; 0: any free port. Default 8080.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; set; } = 8080;

    /// <summary>How long the injector still answers after SIGTERM while it reports that it is not ready, 0–5 min. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time that the shutdown may take after that, 500 ms–5 min. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class ListenOptionsValidator : IValidateOptions<ListenOptions>;

internal sealed class AddressValidator : IValidateOptions<ListenOptions>
{
    public ValidateOptionsResult Validate(string? name, ListenOptions options) => System.Net.IPAddress.TryParse(options.Address, out _)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Listen:Address is '{options.Address}'; it must be an IP address.");
}
