using System.CommandLine;
using AccuracyMonitor.Cli.Bench.Call;
using AccuracyMonitor.Cli.Bench.Harm;

namespace AccuracyMonitor.Cli.Bench;

/// <summary><c>accuracy-monitor bench</c>: what the parts cost on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var socket = new Option<string>("--socket") { Required = true };
        var echo = new Command("echo-server", "The other end of the echo.") { socket };
        echo.Hidden = true;
        echo.SetAction((parsed, cancel) => EchoServer.RunAsync(parsed.GetValue(socket)!, cancel));

        var count = BoundedOption.Create("--classes", "Class count K.", 10, 2, 10_000);
        var estimator = new Command("estimator", "Cost of the sampler, windows, alarms and estimates: time on one core and bytes held per key.") { count };
        estimator.SetAction(parsed => EstimatorBench.Run(parsed.GetValue(count), parsed.InvocationConfiguration.Output));
        return new Command("bench", "Measure this machine.")
        {
            ObserveBench.Create(), KeysBench.Create(), CallBench.Create(), HarmBench.Create(), FloodCommand.Create(), estimator, ScoringBench.Create(),
            EncodingBench.Create(), SoakBench.Create(), StartBench.Create(), TapBench.Create(), TapBench.CreateProxy(), echo,
        };
    }
}
