using System.ComponentModel.DataAnnotations;
using System.Net;
using AccuracyMonitor.Hosting.Access;
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

    /// <summary>Answer /metrics, beside the health pages, to anybody who reaches the HTTP port. Without it /metrics wants a token with the role metrics
    /// (section Access), unless the port is on loopback. Default off.</summary>
    public bool AnonymousMetrics { get; set; }

    /// <summary>Open connections of each port, 1–65,536; further ones are closed at once. On the HTTP port one remote address may have half of them.
    /// Default 256.</summary>
    [Range(1, 65_536)]
    public int MaxConnections { get; set; } = 256;

    /// <summary>How long the injector still answers after SIGTERM while it reports that it is not ready, 0–5 min. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time that the shutdown may take after that, 500 ms–5 min. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class ListenOptionsValidator : IValidateOptions<ListenOptions>;

/// <summary>Whom the HTTP port trusts. Made from settings that are not checked yet.</summary>
internal sealed class ListenerAccess(ListenOptions listen, AccessOptions access) : IValidateOptions<ListenOptions>
{
    public IPAddress Address { get; } = IPAddress.TryParse(listen.Address, out var ip) ? ip : IPAddress.Loopback;

    /// <summary>By default all roles on loopback, and elsewhere none: whoever reaches the port reads the health pages alone.</summary>
    public ListenerTrust Pages => IPAddress.IsLoopback(Address)
        ? ListenerTrust.Local
        : ListenerTrust.Remote with { Anonymous = listen.AnonymousMetrics ? Roles.Metrics : Roles.None };

    public ValidateOptionsResult Validate(string? name, ListenOptions options)
    {
        if (!IPAddress.TryParse(options.Address, out _))
        {
            return ValidateOptionsResult.Fail($"Listen:Address is '{options.Address}'; it must be an IP address.");
        }

        return Pages.IsLocal || options.AnonymousMetrics || access.TakesTokens
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Nobody could read /metrics on {Address}: set Access:TokenFile or Access:JwtIssuer and grant the role metrics, or "
                + "Listen:AnonymousMetrics=true where the network keeps others away, or Listen:Address=127.0.0.1.");
    }
}
