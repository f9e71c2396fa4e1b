using System.CommandLine;
using AccuracyMonitor.Benchmarks;
using AccuracyMonitor.Benchmarks.Attacks;
using AccuracyMonitor.Benchmarks.ClientCalls;
using AccuracyMonitor.Benchmarks.Harm;
using AccuracyMonitor.Benchmarks.Micro;
using AccuracyMonitor.Benchmarks.Tap;
using AccuracyMonitor.Benchmarks.Training;

var root = new RootCommand("Measure what the parts of Accuracy Monitor cost on this machine, and how its training methods compare.")
{
    ObserveBench.Create(),
    KeysBench.Create(),
    CallBench.Create(),
    HarmBench.Create(),
    EstimatorBench.Create(),
    ScoringBench.Create(),
    EncodingBench.Create(),
    CoinBench.Create(),
    MicroCommand.Create(),
    SoakBench.Create(),
    StartBench.Create(),
    TapBench.Create(),
    LrBenchCommand.Create(),
    HalpBenchCommand.Create(),
    FqtBenchCommand.Create(),
    TernaryBenchCommand.Create(),
    AttackCommand.Create(),
    FloodCommand.Create(),
    ProxyServer.Create(),
    EchoServer.Create(),
};
return await AccuracyMonitor.Cli.CommandLine.RunAsync(root, args);
