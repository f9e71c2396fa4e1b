namespace AccuracyMonitor.Client;

/// <summary>Whom a client trusts and how it proves who it is: paths of files. Empty: none.</summary>
public sealed class MonitorCredentials
{
    /// <summary>PEM file with the authorities trusted for <c>https</c>; empty: the system's.</summary>
    public string CertificateAuthorityFile { get; init; } = "";

    /// <summary>PEM file with the client's own certificate, sent over <c>https</c> to a sidecar that asks for one; read again when it changes.</summary>
    public string ClientCertificateFile { get; init; } = "";

    /// <summary>PEM file with the key of <see cref="ClientCertificateFile"/>, not encrypted.</summary>
    public string ClientKeyFile { get; init; } = "";

    /// <summary>File with a bearer token that every call carries; read again when it changes.</summary>
    public string TokenFile { get; init; } = "";
}
