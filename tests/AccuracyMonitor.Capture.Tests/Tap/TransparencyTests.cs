using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Tests.Tls;
using Microsoft.Extensions.Configuration;

namespace AccuracyMonitor.Capture.Tests.Tap;

/// <summary>
/// The same generated calls, made directly and through the tap by clients that are not of .NET, are the same for the caller and for the server, apart
/// from the differences that the README of AccuracyMonitor.Capture lists. ACCURACY_MONITOR_TAP_CALLS sets the number of calls of each kind.
/// </summary>
[Trait("Needs", "tools")]
public sealed class TransparencyTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _certificates = Directory.CreateTempSubdirectory("am-transparency-");

    private static readonly int Calls = int.Parse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_TAP_CALLS") ?? "60", CultureInfo.InvariantCulture);
    private static readonly string Seed = Environment.GetEnvironmentVariable("ACCURACY_MONITOR_TAP_SEED") ?? "1";

    [Theory]
    [InlineData("http1")]
    [InlineData("http1-tls")]
    [InlineData("http2")]
    [InlineData("grpcio")]
    [InlineData("grpcio-tls")]
    [InlineData("grpc-js")]
    [InlineData("curl")]
    [InlineData("idle")]
    [InlineData("absent")]
    public async Task Caller_and_server_see_the_same_as_without_the_tap(string kind)
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Server(_certificates.FullName);
        var trusted = authority.WritePem(_certificates.FullName);
        var folder = Path.Combine(Repository.Root, "tests/AccuracyMonitor.Capture.Tests/Tap/Transparency");
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            ArgumentList =
            {
                "-B", Path.Combine(folder, "main.py"), "--kind", kind, "--calls", Calls.ToString(CultureInfo.InvariantCulture), "--seed", Seed,
                "--grpc-js", Path.Combine(Repository.Root, "artifacts/tools"), "--certificate", certificate, "--key", key, "--authority", trusted,
            },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var upstream = Port(await process.StandardOutput.ReadLineAsync());
        var tls = kind.EndsWith("-tls", StringComparison.Ordinal);
        var options = new TapOptions { HealthPort = -1, UpstreamAuthorityFile = tls ? trusted : "" };
        var address = tls ? $"https://localhost:{upstream}" : $"http://127.0.0.1:{upstream}";
        if (kind is "http2" or "grpcio" or "grpcio-tls" or "grpc-js" or "absent")
        {
            (options.GrpcPort, options.GrpcUpstream) = (0, address);
        }
        else
        {
            (options.HttpPort, options.HttpUpstream) = (0, address);
        }

        await using var tap = await TapHost.StartAsync(options, new ConfigurationBuilder().Build(), TimeSpan.FromSeconds(1), TimeProvider.System);
        var port = new Uri(tap.Listeners.Addresses.Single().Address).Port;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new Dictionary<string, int> { [kind] = port }));
        var report = await process.StandardOutput.ReadLineAsync();
        await process.WaitForExitAsync();

        report.ShouldNotBeNull();
        output.WriteLine(report);
        using var result = JsonDocument.Parse(report);
        var differences = result.RootElement.GetProperty(kind).GetProperty("differences").EnumerateArray().Select(d => d.GetString());
        differences.ShouldBeEmpty();
        result.RootElement.GetProperty(kind).GetProperty("calls").GetInt32().ShouldBeGreaterThan(0);
        if (kind is "http1" or "http1-tls")
        {
            result.RootElement.GetProperty(kind).GetProperty("pipelined").GetInt32().ShouldBeGreaterThan(0);
            result.RootElement.GetProperty(kind).GetProperty("reused").GetInt32().ShouldBeGreaterThan(0);
        }

        int Port(string? line)
        {
            using var ports = JsonDocument.Parse(line ?? throw new InvalidOperationException($"{kind} did not start"));
            return ports.RootElement.GetProperty(kind).GetInt32();
        }
    }

    public void Dispose() => _certificates.Delete(recursive: true);
}
