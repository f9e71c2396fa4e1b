using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.Injector.Certificates;
using AccuracyMonitor.Injector.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Injector.Tests.Certificates;

public sealed class CertificateFilesTests
{
    [Fact]
    public async Task A_renewed_pair_is_served_and_half_a_renewal_is_waited_out()
    {
        var folder = Directory.CreateTempSubdirectory("am-files-").FullName;
        var (certificateFile, keyFile) = (Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        var old = Write(certificateFile, keyFile);
        await using (var injector = await TestInjector.StartAsync(
            "--Certificates:Mode=Files", $"--Certificates:CertificateFile={certificateFile}", $"--Certificates:KeyFile={keyFile}",
            "--Certificates:CheckInterval=100ms"))
        {
            await injector.ReadyAsync();
            var serving = injector.Services.GetRequiredService<ServingCertificate>();
            serving.Current!.Thumbprint.ShouldBe(old);
            injector.Api.Calls.ToArray().ShouldBe(
                ["GET /version", "GET /apis", "GET /api/v1/limitranges", "GET /api/v1/resourcequotas"], customMessage: "no certificate is made or published");

            var (next, _) = CertificateIssuer.Issue(["injector"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
            await File.WriteAllTextAsync(certificateFile, next.CertificatePem, TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(
                async () => (await injector.GetAsync("/metrics")).Body.Contains("certificate_steps_total{step=\"failed\"} ", StringComparison.Ordinal)
                    && !(await injector.GetAsync("/metrics")).Body.Contains("certificate_steps_total{step=\"failed\"} 0\n", StringComparison.Ordinal),
                "the pair that does not fit is met");
            serving.Current.Thumbprint.ShouldBe(old);

            await File.WriteAllTextAsync(keyFile, next.KeyPem, TestContext.Current.CancellationToken);
            using var renewed = next.Open();
            await Eventually.TrueAsync(() => Task.FromResult(serving.Current!.Thumbprint == renewed.Thumbprint), "the new one is served");
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string Write(string certificateFile, string keyFile)
    {
        var (pair, _) = CertificateIssuer.Issue(["injector"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        File.WriteAllText(certificateFile, pair.CertificatePem);
        File.WriteAllText(keyFile, pair.KeyPem);
        using X509Certificate2 certificate = pair.Open();
        return certificate.Thumbprint;
    }
}
