using System.Diagnostics;
using AccuracyMonitor.Injector.Tests.Support;

namespace AccuracyMonitor.Injector.Tests.Hosting;

/// <summary>The injector as a process of its own.</summary>
[Trait("Needs", "processes")]
public sealed class ProcessTests
{
    [Fact]
    public async Task Every_bad_setting_is_told_at_once_with_status_64()
    {
        var (status, _, errors) = await RunAsync(
            "--Injection:Image=registry.example/sidecar:latest", "--Injection:MemoryLimit=1Mi", "--Injection:HttpPort=80", "--Injection:Settings:0=Objective",
            "--Listen:Address=here",
            "--Certificates:Namespace=n", "--Certificates:RenewBefore=100d", "--Kubernetes:Kubeconfig=/nowhere");

        status.ShouldBe(64);
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ShouldBe(
        [
            "Invalid configuration: Certificates:RenewBefore is '100.00:00:00'; with twice Certificates:Overlap (00:10:00) it must be less than "
                + "Certificates:Validity (90.00:00:00).",
            "Invalid configuration: Injection:HttpPort is '80'; it must be between 1024 and 65535.",
            "Invalid configuration: Injection:Image is 'registry.example/sidecar:latest'; it must be an image with a tag other than 'latest', or a digest.",
            "Invalid configuration: Injection:MemoryLimit is '1Mi'; it must be a quantity such as 250m, 1 or 256Mi, at least 128Mi, or empty.",
            "Invalid configuration: Injection:Settings:0 is 'Objective'; it must be Section:Key=value.",
            "Invalid configuration: Kubernetes:Kubeconfig is '/nowhere'; there is no such file.",
            "Invalid configuration: Listen:Address is 'here'; it must be an IP address.",
        ]);
    }

    [Fact]
    public async Task Names_that_are_no_settings_are_answered_with_those_that_are()
    {
        var (status, _, errors) = await RunAsync("--Injection:Imgae=x", "--Webhook:Port=1");

        status.ShouldBe(64);
        errors.ShouldContain("Injection:Imgae is no setting; Injection has CpuLimit, CpuRequest,");
        errors.ShouldContain("Webhook is no section; the sections are Access, Certificates, Injection, Kubernetes, Listen, Logging.");
    }

    [Fact]
    public async Task Help_says_what_it_is_and_where_settings_come_from()
    {
        var (status, output, _) = await RunAsync("--help");

        status.ShouldBe(0);
        output.ShouldContain("ACCURACY_MONITOR_INJECTOR_Section__Key");
        output.ShouldContain("Injection:Image");
    }

    [Fact]
    public async Task Check_asks_as_an_API_server_would()
    {
        await using var injector = await TestInjector.StartAsync("--Certificates:Service=localhost");
        await injector.ReadyAsync();

        // A call is listed when it arrives, before its change is made, so the change itself is waited for.
        await Eventually.TrueAsync(() => Task.FromResult(injector.Api.Authorities().Count > 0), "the authority is published");
        var authority = Path.GetTempFileName();
        await File.WriteAllTextAsync(authority, injector.Api.Authorities().ExportCertificatePems(), TestContext.Current.CancellationToken);
        var address = $"--address=https://localhost:{injector.Port}";

        (await RunAsync("check", address, $"--authority={authority}")).ShouldBe((0, "ok: a pod that asks for a sidecar gets one\n", ""));

        var (other, _) = AccuracyMonitor.Injector.Certificates.CertificateIssuer.Issue(["x"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        await File.WriteAllTextAsync(authority, other.CertificatePem, TestContext.Current.CancellationToken);
        var (status, _, errors) = await RunAsync("check", address, $"--authority={authority}");
        status.ShouldBe(1);
        errors.ShouldStartWith("No answer from https://localhost:");
        File.Delete(authority);
    }

    [Fact]
    public async Task On_SIGTERM_it_is_not_ready_goes_on_answering_and_ends_with_status_0()
    {
        await using var api = await FakeApiServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("am-process-").FullName;
        using var process = Start([.. TestInjector.Settings(api, folder), "--Listen:DrainDelay=2s", "--Logging:LogLevel:Default=Information"]);
        var line = "";
        while (!line.Contains("Admission on", StringComparison.Ordinal))
        {
            line = (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull(await ErrorsIfEndedAsync(process));
        }

        using var http = new HttpClient
        {
            BaseAddress =
            new Uri(line[line.LastIndexOf("http://", StringComparison.Ordinal)..].Replace("/metrics", "", StringComparison.Ordinal))
        };
        var rest = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => (await http.GetAsync(new Uri("/readyz", UriKind.Relative))).IsSuccessStatusCode, "ready");

        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString()])!)
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await Eventually.TrueAsync(async () => (int)(await http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode == 503, "not ready, and answering");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await rest);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> ErrorsIfEndedAsync(Process process) => process.HasExited ? await process.StandardError.ReadToEndAsync() : "";

    private static Process Start(IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "AccuracyMonitor.Injector.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static async Task<(int Status, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
