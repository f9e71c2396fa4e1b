using AccuracyMonitor.Cli.Administration;
using AccuracyMonitor.Tests;
using AccuracyMonitor.Tests.Tls;

namespace AccuracyMonitor.Cli.Tests.Remote;

/// <summary>A command against a sidecar that knows its callers by client certificates alone.</summary>
public sealed class SidecarOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cli-mtls-").FullName;
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("another authority");

    [Fact]
    public async Task A_client_certificate_is_shown_and_what_is_missing_is_named()
    {
        var (server, serverKey) = _authority.Server(_folder);
        var (certificate, key) = _authority.Client(_folder, "ops", "spiffe://shop/ops");
        var (unknown, unknownKey) = _other.Client(_folder, "unknown", "spiffe://shop/ops");
        var (authority, port) = (_authority.WritePem(_folder), Ports.Free());
        await using var sidecar = await RunningSidecar.StartAsync(
            "--Listen:GrpcAddress=0.0.0.0", $"--Listen:GrpcPort={port}", $"--Listen:Tls:CertificateFile={server}", $"--Listen:Tls:KeyFile={serverKey}",
            $"--Listen:Tls:ClientAuthorityFile={authority}", "--Access:Grants:0=cert:spiffe://shop/ops=administer");

        (await RunAsync("--authority-file", authority, "--certificate-file", certificate, "--key-file", key)).ShouldBe((0, ""));
        await RefusedAsync(1, "See --token-file, or --certificate-file and --key-file.", "--authority-file", authority);
        await RefusedAsync(
            69, $"ClientCertificateFile is '{unknown}'", "--authority-file", authority, "--certificate-file", unknown, "--key-file", unknownKey);
        await RefusedAsync(69, "CertificateAuthorityFile is ''", "--certificate-file", certificate, "--key-file", key);
        await RefusedAsync(64, "a client certificate needs both", "--authority-file", authority, "--certificate-file", certificate);
        await RefusedAsync(64, "they can't be used", "--certificate-file", certificate, "--key-file", Path.Combine(_folder, "missing"));

        async Task<(int, string)> RunAsync(params string[] arguments)
        {
            var (code, _, error) = await CommandRun.InvokeAsync(AuditCommand.Create(), [.. arguments, "--target", $"https://localhost:{port}"]);
            return (code, error);
        }

        async Task RefusedAsync(int status, string message, params string[] arguments)
        {
            var (code, error) = await RunAsync(arguments);
            error.ShouldContain(message);
            code.ShouldBe(status);
        }
    }

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
