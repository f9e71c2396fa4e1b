using System.ComponentModel.DataAnnotations;
using System.Net;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Tls;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hub.Composition;

/// <summary>Where the hub listens.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>IP address of both ports; <c>::</c> for all. Beyond 127.0.0.1 callers must be authenticated (section Access, Listen:Tls), or the hub does not
    /// start. Default 127.0.0.1.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>gRPC over HTTP/2, with TLS if Listen:Tls is set; 0: any free port. Default 7710.</summary>
    [Range(0, 65535)]
    public int GrpcPort { get; set; } = 7710;

    /// <summary>HTTP/1.1 for /metrics, /estimates and the health pages; 0: any free port. Default 7711.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; set; } = 7711;

    /// <summary>Open connections of each port, 1–65,536; further ones are closed at once. Each sidecar holds one. Default 2,000.</summary>
    [Range(1, 65_536)]
    public int MaxConnections { get; set; } = 2000;

    /// <summary>Take calls beyond this machine from anybody, with the roles of Access:LocalRoles: only where the network keeps others away. It is logged as a
    /// warning. Default off.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Answer /metrics, beside the health pages, to anybody who reaches the HTTP port. Default off.</summary>
    public bool AnonymousMetrics { get; set; }

    /// <summary>Names that the Host header of HTTP/1.1 requests may have beside addresses and localhost, as <c>*.monitoring.svc</c>; <c>*</c>: any. Default
    /// none.</summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Longest time for reports that are under way after SIGTERM, 500 ms–5 min. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class ListenOptionsValidator : IValidateOptions<ListenOptions>;

/// <summary>Whom the ports trust. Made from settings that are not checked yet.</summary>
internal sealed class ListenerAccess(ListenOptions listen, AccessOptions access, TlsOptions tls) : IValidateOptions<ListenOptions>
{
    public IPAddress Address { get; } = IPAddress.TryParse(listen.Address, out var ip) ? ip : IPAddress.Loopback;

    public ListenerTrust Grpc => Trust(listen.AllowAnonymous ? Everything : Roles.None);

    public ListenerTrust Http => Trust(listen.AllowAnonymous ? Everything : listen.AnonymousMetrics ? Roles.Metrics : Roles.None);

    /// <summary>Whether anybody who reaches the ports may report.</summary>
    public bool IsAnonymous => !Grpc.IsLocal && listen.AllowAnonymous;

    public ValidateOptionsResult Validate(string? name, ListenOptions options)
    {
        List<string> failures = [];
        if (!IPAddress.TryParse(options.Address, out _))
        {
            failures.Add($"Listen:Address is '{options.Address}'; it must be an IP address, such as 127.0.0.1.");
        }

        if (!Grpc.IsLocal && !options.AllowAnonymous && !access.TakesTokens && !tls.AsksForCertificates)
        {
            failures.Add(
                $"The hub would take reports on {Address} from anybody: set Access:TokenFile, Access:JwtIssuer or Listen:Tls:ClientAuthorityFile, or "
                + "Listen:Address=127.0.0.1, or Listen:AllowAnonymous=true where the network keeps others away.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private Roles Everything
    {
        get
        {
            try
            {
                return Grant.ParseRoles(access.LocalRoles);
            }
            catch (FormatException)
            {
                return Roles.None;
            }
        }
    }

    private ListenerTrust Trust(Roles anonymous) =>
        IPAddress.IsLoopback(Address) ? ListenerTrust.Local : ListenerTrust.Remote with { Anonymous = anonymous };
}
