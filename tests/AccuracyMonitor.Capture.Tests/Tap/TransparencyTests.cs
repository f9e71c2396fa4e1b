using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Configuration;

namespace AccuracyMonitor.Capture.Tests.Tap;

/// <summary>
/// The same generated calls, made directly and through the tap by clients that are not of .NET, are the same for the caller and for the server, apart
/// from the differences that the README of AccuracyMonitor.Capture lists. ACCURACY_MONITOR_TAP_CALLS sets the number of calls of each kind.
/// </summary>
[Trait("Needs", "tools")]
public sealed class TransparencyTests(ITestOutputHelper output)
{
    private static readonly int Calls = int.Parse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_TAP_CALLS") ?? "60", CultureInfo.InvariantCulture);
    private static readonly string Seed = Environment.GetEnvironmentVariable("ACCURACY_MONITOR_TAP_SEED") ?? "1";

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    [InlineData("grpcio")]
    [InlineData("grpc-js")]
    [InlineData("curl")]
    [InlineData("idle")]
    [InlineData("absent")]
    public async Task Caller_and_server_see_the_same_as_without_the_tap(string kind)
    {
        var folder = Path.Combine(Repository.Root, "tests/AccuracyMonitor.Capture.Tests/Tap/Transparency");
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            ArgumentList =
            {
                "-B", Path.Combine(folder, "main.py"), "--kind", kind, "--calls", Calls.ToString(CultureInfo.InvariantCulture), "--seed", Seed,
                "--grpc-js", Path.Combine(Repository.Root, "artifacts/tools"),
            },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var upstream = Port(await process.StandardOutput.ReadLineAsync());
        var options = new TapOptions { HealthPort = -1 };
        if (kind is "http2" or "grpcio" or "grpc-js" or "absent")
        {
            (options.GrpcPort, options.GrpcUpstream) = (0, $"http://127.0.0.1:{upstream}");
        }
        else
        {
            (options.HttpPort, options.HttpUpstream) = (0, $"http://127.0.0.1:{upstream}");
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

        int Port(string? line)
        {
            using var ports = JsonDocument.Parse(line ?? throw new InvalidOperationException($"{kind} did not start"));
            return ports.RootElement.GetProperty(kind).GetInt32();
        }
    }
}
