namespace AccuracyMonitor.Client.Tests;

/// <summary>What the Kubernetes injector sets. Not in parallel with anything: the environment is the process's.</summary>
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
[Collection(nameof(EnvironmentTests))]
public sealed class EnvironmentTests : IDisposable
{
    public void Dispose()
    {
        foreach (var variable in (string[])[MonitorClientOptions.AddressVariable, MonitorClientOptions.ModelVariable, MonitorClientOptions.VersionVariable,
            MonitorClientOptions.ClassCountVariable, MonitorClientOptions.AuthorityFileVariable, MonitorClientOptions.CertificateFileVariable,
            MonitorClientOptions.KeyFileVariable, MonitorClientOptions.TokenFileVariable])
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void Variables_are_the_defaults_and_what_is_set_wins()
    {
        Environment.SetEnvironmentVariable("ACCURACY_MONITOR_ADDRESS", "unix:///var/run/accuracy-monitor/accuracy-monitor.sock");
        Environment.SetEnvironmentVariable("ACCURACY_MONITOR_MODEL", "clothing");
        Environment.SetEnvironmentVariable("ACCURACY_MONITOR_VERSION", "3");
        Environment.SetEnvironmentVariable("ACCURACY_MONITOR_CLASS_COUNT", "10");

        var options = new MonitorClientOptions { Version = "4" };

        (options.Address, options.Model, options.Version, options.ClassCount)
            .ShouldBe(("unix:///var/run/accuracy-monitor/accuracy-monitor.sock", "clothing", "4", 10));
        options.Failures().ShouldBeEmpty();
    }

    [Fact]
    public void Files_of_trust_and_identity_come_from_variables_too()
    {
        foreach (var name in (string[])["AUTHORITY", "CERTIFICATE", "KEY", "TOKEN"])
        {
            Environment.SetEnvironmentVariable($"ACCURACY_MONITOR_CLIENT_{name}_FILE", $"/etc/{name}");
        }

        var credentials = new MonitorClientOptions().ToCredentials();

        (credentials.CertificateAuthorityFile, credentials.ClientCertificateFile, credentials.ClientKeyFile, credentials.TokenFile)
            .ShouldBe(("/etc/AUTHORITY", "/etc/CERTIFICATE", "/etc/KEY", "/etc/TOKEN"));
    }

    [Fact]
    public void Without_them_what_must_be_set_is_named()
    {
        Environment.SetEnvironmentVariable("ACCURACY_MONITOR_CLASS_COUNT", "ten");

        new MonitorClientOptions().Failures().ShouldBe(
        [
            "Model is ''; it must be a text of 1 to 128 characters (or set ACCURACY_MONITOR_MODEL).",
            "Version is ''; it must be a text of 1 to 128 characters (or set ACCURACY_MONITOR_VERSION).",
            "ClassCount is '0'; it must be 2 to 10000 (or set ACCURACY_MONITOR_CLASS_COUNT).",
        ]);
    }
}
