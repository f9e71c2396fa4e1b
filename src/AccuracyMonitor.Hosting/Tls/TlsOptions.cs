using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Tls;

/// <summary>TLS of every TCP port but the tap's. The Unix socket has none.</summary>
public sealed class TlsOptions
{
    public const string Section = "Listen:Tls";

    /// <summary>PEM file with the certificate, and after it those of intermediate authorities; read again when it changes. Empty: no TLS. Default
    /// empty.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM file with the key of the certificate, not encrypted; read again when it changes. Default empty.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>PEM file with the authorities that client certificates are checked against; read again when it changes. A caller with such a certificate is
    /// the subject <c>cert:NAME</c>, NAME being its URI (SPIFFE) or else its common name. Empty: client certificates are not asked for. Default
    /// empty.</summary>
    public string ClientAuthorityFile { get; set; } = "";

    public bool IsOn => CertificateFile.Length > 0;

    public bool AsksForCertificates => IsOn && ClientAuthorityFile.Length > 0;
}

/// <summary>Reads the files once, so that a wrong one is an error of the settings.</summary>
public sealed class TlsOptionsValidator : IValidateOptions<TlsOptions>
{
    public ValidateOptionsResult Validate(string? name, TlsOptions options)
    {
        if (!options.IsOn)
        {
            return options.KeyFile.Length + options.ClientAuthorityFile.Length == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Listen:Tls:CertificateFile is empty; Listen:Tls:KeyFile and Listen:Tls:ClientAuthorityFile need it.");
        }

        if (options.KeyFile.Length == 0)
        {
            return ValidateOptionsResult.Fail("Listen:Tls:KeyFile is empty; Listen:Tls:CertificateFile needs it.");
        }

        try
        {
            _ = TlsFiles.Open(options, static _ => { }, TimeProvider.System).Current;
            return ValidateOptionsResult.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return ValidateOptionsResult.Fail($"Listen:Tls cannot be used ({string.Join(", ", TlsFiles.Paths(options))}): {e.Message}");
        }
    }
}
