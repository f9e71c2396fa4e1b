using System.Globalization;
using System.Text.RegularExpressions;
using AccuracyMonitor.Benchmarks.Tap;

namespace AccuracyMonitor.Benchmarks.Tests.Tap;

/// <summary>The real model server, YARP and sidecar as processes: everything that passes the tap is read.</summary>
public sealed partial class TapBenchTests
{
    [Fact]
    public async Task Every_call_through_the_tap_is_read_gRPC_and_REST()
    {
        using var output = new StringWriter();
        var command = TapBench.Create();

        var status = await command.Parse(["--seconds", "0.2", "--rounds", "1", "--rows", "3", "--callers", "2"])
            .InvokeAsync(new System.CommandLine.InvocationConfiguration { Output = output });

        status.ShouldBe(0);
        var line = Result().Match(output.ToString());
        line.Success.ShouldBeTrue(output.ToString());
        var calls = Number(line, "calls");
        calls.ShouldBeGreaterThan(0);
        Number(line, "read").ShouldBe(3 * calls);
        Number(line, "failed").ShouldBe(0);
    }

    private static long Number(Match line, string name) => long.Parse(line.Groups[name].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex("Through the tap: (?<calls>[0-9,]+) calls of 3; read (?<read>[0-9,]+) predictions, (?<failed>[0-9,]+) answers not read",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Result();
}
