using System.Net;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Tls;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>Where the ports listen and whom they trust. Made from settings that are not checked yet.</summary>
internal sealed class ListenerAccess(ListenOptions listen, SinkOptions sink, AccessOptions access, TlsOptions tls)
{
    public bool Authenticates => access.TakesTokens || tls.AsksForCertificates;

    public IPAddress GrpcAddress => Parse(listen.EffectiveGrpcAddress);

    public IPAddress HttpAddress => Parse(listen.Address);

    public ListenerTrust Grpc => Trust(GrpcAddress, listen.AllowAnonymous ? Everything : Roles.None);

    public ListenerTrust Http =>
        Trust(HttpAddress, listen.AllowAnonymous ? Everything : listen.AnonymousMetrics ? Roles.Metrics : Roles.None);

    public ListenerTrust Sink => Trust(Parse(sink.Address), sink.AllowAnonymous ? Roles.Observe : Roles.None);

    /// <summary>Listeners that take calls from anybody who reaches them, /metrics and health alone not counted.</summary>
    public IEnumerable<ListenerUse> Anonymous
    {
        get
        {
            if (GrpcIsRemote && listen.AllowAnonymous)
            {
                yield return ListenerUse.Grpc;
            }

            if (!Http.IsLocal && listen.AllowAnonymous)
            {
                yield return ListenerUse.Http;
            }

            if (SinkIsRemote && sink.AllowAnonymous)
            {
                yield return ListenerUse.Sink;
            }
        }
    }

    /// <summary>Whether tokens pass a network without TLS.</summary>
    public bool HasTokensInClear => access.TakesTokens && !tls.IsOn && (GrpcIsRemote || !Http.IsLocal || SinkIsRemote);

    /// <summary>Listeners beyond this machine that nobody could be authenticated at.</summary>
    public IEnumerable<string> Failures()
    {
        const string Authenticate = "set Access:TokenFile, Access:JwtIssuer or Listen:Tls:ClientAuthorityFile";
        if (Authenticates)
        {
            yield break;
        }

        if (GrpcIsRemote && !listen.AllowAnonymous)
        {
            yield return $"Listen:GrpcPort would take calls on {GrpcAddress} from anybody: {Authenticate}, or Listen:GrpcAddress=127.0.0.1, or "
                + "Listen:GrpcPort=-1, or Listen:AllowAnonymous=true where the network keeps others away.";
        }

        if (!Http.IsLocal && Http.Anonymous == Roles.None)
        {
            yield return $"Listen:HttpPort would answer on {HttpAddress} to anybody: {Authenticate}, or Listen:AnonymousMetrics=true for /metrics and health "
                + "alone, or Listen:AllowAnonymous=true where the network keeps others away.";
        }

        if (SinkIsRemote && !sink.AllowAnonymous)
        {
            yield return $"Sink:Port would take events on {sink.Address} from anybody: {Authenticate}, or Sink:AllowAnonymous=true where the network keeps "
                + "others away.";
        }
    }

    private bool GrpcIsRemote => listen.GrpcPort >= 0 && !Grpc.IsLocal;

    private bool SinkIsRemote => sink.Port >= 0 && !Sink.IsLocal;

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

    private static ListenerTrust Trust(IPAddress address, Roles anonymous) =>
        IPAddress.IsLoopback(address) ? ListenerTrust.Local : ListenerTrust.Remote with { Anonymous = anonymous };

    private static IPAddress Parse(string address) => IPAddress.TryParse(address, out var ip) ? ip : IPAddress.Loopback;
}

/// <summary>A port beyond this machine needs callers that it can tell apart.</summary>
internal sealed class ListenerAccessValidator(ListenerAccess access) : IValidateOptions<ListenOptions>
{
    public ValidateOptionsResult Validate(string? name, ListenOptions options)
    {
        List<string> failures = [.. access.Failures()];
        foreach (var (setting, value) in (ReadOnlySpan<(string, string)>)[("Listen:Address", options.Address), ("Listen:GrpcAddress", options.GrpcAddress)])
        {
            if (value.Length > 0 && !IPAddress.TryParse(value, out _))
            {
                failures.Add($"{setting} is '{value}'; it must be an IP address, such as 127.0.0.1.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
