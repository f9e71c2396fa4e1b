using System.Diagnostics;
using AccuracyMonitor.Benchmarks.Harm;

namespace AccuracyMonitor.Benchmarks.Tests.Harm;

public class HarmTests
{
    private static readonly Scenario Recovering = new("x", "x") { Recovers = true };
    private static readonly Dictionary<string, long> Nothing = [];

    [Fact]
    public void Latency_IsExactAndDifferencesArePaired()
    {
        var pairs = new LatencyPairs();
        pairs.Add([.. Enumerable.Range(1, 1000).Select(i => (double)i)], [.. Enumerable.Range(1, 1000).Select(i => i + 5.0)]);
        pairs.Add([.. Enumerable.Range(1, 1000).Select(i => i + 100.0)], [.. Enumerable.Range(1, 1000).Select(i => i + 99.0)]);

        Latency.Of([.. Enumerable.Range(1, 1000).Select(i => (double)i)]).ShouldBe(new Latency(500, 990, 999, 1000));
        pairs.Difference(l => l.Median).ShouldBe("+2.00 (-1.00 to +5.00)");
        pairs.With.Worst.ShouldBe(1099);
    }

    [Theory]
    [InlineData(100, 90, 10, 90, false, true)]
    [InlineData(101, 90, 10, 90, false, false)]
    [InlineData(100, 90, 10, 100, false, true)]
    [InlineData(100, 90, 10, 101, false, false)]
    [InlineData(100, 90, 10, 89, false, false)]
    [InlineData(100, 90, 10, 89, true, true)]
    public void Accounted_OnlyIfNothingIsMissingOnEitherSide(long observed, long accepted, long lost, long counted, bool killed, bool expected) =>
        Result(new ClientNumbers(observed, accepted, 0, new Dictionary<string, long> { ["connection_lost"] = lost }), counted, killed, recoveries: 0)
            .AllAccounted.ShouldBe(expected);

    [Fact]
    public void Recovered_OnlyIfEveryFaultWas()
    {
        var client = new ClientNumbers(0, 0, 0, Nothing);

        Result(client, 0, killed: false, recoveries: 2).AllRecovered(pairs: 2).ShouldBeTrue();
        Result(client, 0, killed: false, recoveries: 1).AllRecovered(pairs: 2).ShouldBeFalse();
    }

    [Fact]
    public async Task Harm_OfAStoppedSidecar_AnswersEveryRequestAccountsForAllAndRecovers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "benchmarks harm is for Linux");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program =
            Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "AccuracyMonitor.Benchmarks", configuration, "AccuracyMonitor.Benchmarks"));
        using var process = Process.Start(new ProcessStartInfo(program, "harm --only stopped --seconds 1.5 --pairs 1 --rate 40")
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(0, output + await error);
        output.ShouldContain("stopped");
    }

    private static HarmResult Result(ClientNumbers client, long counted, bool killed, int recoveries) => new()
    {
        Scenario = Recovering,
        Latency = new LatencyPairs(),
        Client = client,
        Sidecar = new SidecarNumbers(counted, 0, Nothing, Nothing, killed),
        Failed = 0,
        PlainMemory = 0,
        MonitoredMemory = 0,
        SidecarMemory = 0,
        Recoveries = [.. Enumerable.Repeat(TimeSpan.FromSeconds(1), recoveries)],
    };
}
