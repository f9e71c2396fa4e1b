using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Tests.Access;

namespace AccuracyMonitor.Hosting.Tests.Access;

public sealed class AccessOptionsValidatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-access-").FullName;

    [Theory]
    [InlineData("https://issuer.example", "")]
    [InlineData("http://127.0.0.1:8080", "")]
    [InlineData("http://issuer.example", "Access:JwtIssuer is 'http://issuer.example'; keys are fetched from an https address")]
    [InlineData("issuer.example", "Access:JwtIssuer is 'issuer.example'; keys are fetched from an https address")]
    public void Keys_are_fetched_over_tls_or_on_this_machine(string issuer, string failure) => Failures(o => o.JwtIssuer = issuer).ShouldContain(failure);

    [Fact]
    public void An_issuer_whose_keys_are_in_a_file_or_elsewhere_may_have_any_name()
    {
        Failures(o => (o.JwtIssuer, o.JwtMetadataAddress) = ("kubernetes/serviceaccount", "https://issuer.example/configuration")).ShouldBeEmpty();
        using var issuer = new TestIssuer();
        var keys = Path.Combine(_folder, "keys");
        File.WriteAllText(keys, issuer.KeySet);
        Failures(o => (o.JwtIssuer, o.JwtKeysFile) = ("kubernetes/serviceaccount", keys)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_file_and_address_that_cannot_be_used_is_named_at_once()
    {
        var (noCertificate, empty) = (Path.Combine(_folder, "ca.crt"), Path.Combine(_folder, "token"));
        File.WriteAllText(noCertificate, "no certificate");
        File.WriteAllText(empty, "\n");
        var failures = Failures(o =>
        {
            (o.JwtIssuer, o.JwtMetadataAddress) = ("https://issuer.example", "ftp://issuer.example");
            (o.JwtAuthorityFile, o.JwtFetchTokenFile) = (noCertificate, empty);
            (o.TokenFile, o.LocalRoles) = (Path.Combine(_folder, "missing"), "king");
        });

        foreach (var setting in (string[])
            ["JwtMetadataAddress is 'ftp:", "JwtAuthorityFile cannot", "JwtFetchTokenFile cannot", "TokenFile cannot", "LocalRoles cannot"])
        {
            failures.ShouldContain($"Access:{setting}");
        }
    }

    [Theory]
    [InlineData(nameof(AccessOptions.JwtAuthorityFile))]
    [InlineData(nameof(AccessOptions.JwtFetchTokenFile))]
    [InlineData(nameof(AccessOptions.JwtKeysFile))]
    public void A_missing_file_is_refused(string setting) => Failures(o =>
    {
        o.JwtIssuer = "https://issuer.example";
        typeof(AccessOptions).GetProperty(setting)!.SetValue(o, Path.Combine(_folder, "missing"));
    }).ShouldContain($"Access:{setting} cannot be used");

    [Theory]
    [InlineData(nameof(AccessOptions.JwtAuthorityFile))]
    [InlineData(nameof(AccessOptions.JwtFetchTokenFile))]
    [InlineData(nameof(AccessOptions.JwtKeysFile))]
    [InlineData(nameof(AccessOptions.JwtMetadataAddress))]
    public void What_serves_an_issuer_needs_one(string setting) => Failures(o => typeof(AccessOptions).GetProperty(setting)!.SetValue(o, "https://x"))
        .ShouldContain($"Access:JwtIssuer is empty; Access:{setting} needs it.");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Failures(Action<AccessOptions> set)
    {
        var options = new AccessOptions();
        set(options);
        return new AccessOptionsValidator().Validate(null, options).FailureMessage ?? "";
    }
}
