using System.Security.Cryptography;
using AccuracyMonitor.Hosting.Tls;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>Reads grants, files and addresses once, so that a wrong one is an error of the settings.</summary>
public sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        List<string> failures = [];
        Try("Access:LocalRoles", options.LocalRoles, Grant.ParseRoles);
        for (var i = 0; i < options.Grants.Length; i++)
        {
            Try($"Access:Grants:{i}", options.Grants[i], Grant.Parse);
        }

        TryFile("Access:TokenFile", options.TokenFile, TokenList.Parse);
        if (options.JwtIssuer.Length == 0)
        {
            failures.AddRange(OfIssuer(options).Where(static s => s.Value.Length > 0).Select(static s => $"Access:JwtIssuer is empty; {s.Setting} needs it."));
        }
        else
        {
            failures.AddRange(AddressFailures(options));
            TryFile("Access:JwtKeysFile", options.JwtKeysFile, JwtKeys.Parse);
            TryFile("Access:JwtAuthorityFile", options.JwtAuthorityFile, PemAuthorities.Parse);
            TryFile("Access:JwtFetchTokenFile", options.JwtFetchTokenFile, IssuerBackchannel.ParseToken);
            if (options.JwtAudience.Length == 0)
            {
                failures.Add("Access:JwtAudience is empty; tokens of Access:JwtIssuer must have an audience.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void TryFile<T>(string setting, string path, Func<string, T> parse)
        {
            if (path.Length > 0)
            {
                Try(setting, path, p => parse(BoundedFile.ReadText(p)));
            }
        }

        void Try<T>(string setting, string value, Func<string, T> read)
        {
            try
            {
                read(value);
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
            {
                failures.Add($"{setting} cannot be used: {e.Message}");
            }
        }
    }

    private static (string Setting, string Value)[] OfIssuer(AccessOptions options) =>
    [
        ("Access:JwtKeysFile", options.JwtKeysFile),
        ("Access:JwtMetadataAddress", options.JwtMetadataAddress),
        ("Access:JwtAuthorityFile", options.JwtAuthorityFile),
        ("Access:JwtFetchTokenFile", options.JwtFetchTokenFile),
    ];

    /// <summary>Keys over plain HTTP can be replaced on the way; on this machine nobody is on the way.</summary>
    private static IEnumerable<string> AddressFailures(AccessOptions options)
    {
        var (setting, address) = options.JwtMetadataAddress.Length > 0 ? ("Access:JwtMetadataAddress", options.JwtMetadataAddress)
            : options.JwtKeysFile.Length > 0 ? ("", "") : ("Access:JwtIssuer", options.JwtIssuer);
        if (setting.Length > 0 && !(Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))))
        {
            yield return $"{setting} is '{address}'; keys are fetched from an https address, or from an http one of this machine, such as http://127.0.0.1. "
                + "Access:JwtKeysFile takes their place.";
        }
    }
}
