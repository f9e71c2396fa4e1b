using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Clients;

/// <summary>The tests of the clients in other languages, each in its language, against the real sidecar over its socket and over TCP.</summary>
public sealed class LanguageClientTests
{
    [Theory]
    [InlineData("python", "protoc -I \"$PROTOS\" --python_out=. --grpc_python_out=. --plugin=protoc-gen-grpc_python=\"$(command -v grpc_python_plugin)\" "
        + "accuracy_monitor/v1/{prediction,label,audit}.proto && /usr/bin/python3 -m unittest -q 2>&1")]
    [InlineData("typescript", "npx tsc -p tsconfig.test.json && node --test build/ 2>&1")]
    public async Task Their_own_tests_pass(string language, string commands)
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=0.5", "--Sampling:MaxRequestsPerHour=1000000", "--Listen:GrpcPort=0");
        var tcp = new Uri(sidecar.Services.GetRequiredService<Listeners>().Addresses.Last(a => a.Use == ListenerUse.Grpc).Address).Authority;
        using var client = new ClientCopy(language);

        var said = await client.RunAsync(commands, ("ADDRESSES", $"unix://{Path.Combine(sidecar.Folder, "am.sock")} {tcp}"));
        said.ShouldNotContain("skipped=", customMessage: "a test was skipped");
        said.ShouldNotContain("# skipped 1", customMessage: "a test was skipped");
    }
}
