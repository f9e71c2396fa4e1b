using System.Text.RegularExpressions;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using AccuracyMonitor.Tests.ModelServers;

namespace AccuracyMonitor.Sidecar.Tests.Tap;

/// <summary>The commands of the pages that say how to connect a model server do connect one.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/guides/connect-open-inference.md")]
    public async Task The_settings_of_the_tap_connect_a_model_server(string page)
    {
        await using var server = await ScriptedServer.StartAsync(context =>
            context.Request.ContentType == "application/grpc" ? ScriptedServer.GrpcAnswer(Answers.Frame(Answers.Protobuf()))(context)
                : ScriptedServer.RestAnswer(Answers.Rest())(context));
        var settings = Settings(page, "Tap");
        settings.Select(s => s.Split('=')[0]).ShouldBeSubsetOf(["--Tap:GrpcPort", "--Tap:GrpcUpstream", "--Tap:HttpPort", "--Tap:HttpUpstream"]);
        settings.Length.ShouldBeGreaterThanOrEqualTo(2);

        // The page's ports may be taken here; everything else is as it stands there.
        string[] here = [.. settings.Where(s => !s.Contains("Upstream", StringComparison.Ordinal)).Select(s => PortNumber().Replace(s, "Port=0"))];
        here.ShouldContain("--Tap:GrpcPort=0");
        await using var tapped = await Tapped.OfAsync(server, here);
        (await tapped.GrpcAsync()).Dispose();
        (await tapped.RestAsync()).Dispose();

        await tapped.UntilCapturedAsync(4);
    }

    [Fact]
    public async Task The_settings_of_the_sink_take_an_event()
    {
        var settings = Settings("README.md", "Sink");
        settings.ShouldBe(["--Sink:Port=7702", "--Sink:Address=0.0.0.0", "--Sink:AllowAnonymous=true"]);
        await using var client = await SinkClient.StartAsync("--Sink:Address=0.0.0.0", "--Sink:AllowAnonymous=true");

        await client.SendAsync("a", SinkClient.Response, Answers.Rest());

        await client.UntilPredictionsAsync(2);
    }

    private static string[] Settings(string page, string section)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page));
        var line = text.Split('\n').First(l => l.Contains($"--{section}:", StringComparison.Ordinal) && l.Contains("Port=", StringComparison.Ordinal));
        return [.. Setting().Matches(line).Select(m => m.Value).Where(s => s.StartsWith($"--{section}:", StringComparison.Ordinal))];
    }

    [GeneratedRegex(@"--\w+:\w+=[\w.:/]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"Port=\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PortNumber();
}
