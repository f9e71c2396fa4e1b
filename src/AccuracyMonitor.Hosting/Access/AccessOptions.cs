namespace AccuracyMonitor.Hosting.Access;

/// <summary>Who may call, and what he may do.</summary>
public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>File of bearer tokens, one a line: a name and the SHA-256 of the token in hexadecimal; read again when it changes. A caller with the token
    /// is the subject <c>token:NAME</c>. Empty: none. Default empty.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>Issuer of the JSON Web Tokens that are taken (OpenID Connect, Kubernetes service accounts), exactly as their <c>iss</c> names it. A caller with
    /// one is the subject <c>jwt:SUBJECT</c>. Empty: none. Default empty.</summary>
    public string JwtIssuer { get; set; } = "";

    /// <summary>Audience that the tokens must have: one of this program's own, since whoever receives a token can use it elsewhere. Default
    /// accuracy-monitor.</summary>
    public string JwtAudience { get; set; } = "accuracy-monitor";

    /// <summary>JSON Web Key Set with the issuer's keys; read again when it changes. Empty: the keys are fetched from the issuer. Default empty.</summary>
    public string JwtKeysFile { get; set; } = "";

    /// <summary>Where the issuer describes itself, when not under its own name. Default: JwtIssuer and <c>/.well-known/openid-configuration</c>.</summary>
    public string JwtMetadataAddress { get; set; } = "";

    /// <summary>PEM file with the authorities that the issuer's certificate is checked against, as
    /// <c>/var/run/secrets/kubernetes.io/serviceaccount/ca.crt</c>; read again when it changes. Empty: the system's. Default empty.</summary>
    public string JwtAuthorityFile { get; set; } = "";

    /// <summary>File with the bearer token that fetches the keys, as <c>/var/run/secrets/kubernetes.io/serviceaccount/token</c>. Empty: none. Default
    /// empty.</summary>
    public string JwtFetchTokenFile { get; set; } = "";

    /// <summary>Roles by subject: <c>token:ops=administer</c>, <c>jwt:system:serviceaccount:shop:web=observe@fashion</c>,
    /// <c>cert:spiffe://shop/web=read,label</c>; <c>*=read</c> for everybody who is authenticated. The roles are metrics, read, observe, label and
    /// administer. Default none.</summary>
    public string[] Grants { get; set; } = [];

    /// <summary>Roles of every process that uses the Unix socket or a loopback port. Default administer.</summary>
    public string LocalRoles { get; set; } = "administer";

    public bool TakesTokens => TokenFile.Length > 0 || JwtIssuer.Length > 0;
}
