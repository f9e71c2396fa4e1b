using System.CommandLine;
using System.CommandLine.Invocation;
using AccuracyMonitor.Cli.Bench;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Replay;
using AccuracyMonitor.Cli.Serving;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Cli.Training.Policies;
using AccuracyMonitor.Cli.Training.Stress;

var root = new RootCommand("Accuracy Monitor: how accurate is the deployed model right now?")
{
    DemoCommand.Create(),
    ServeCommand.Create(),
    TrainCommand.Create(),
    PackCommand.Create(),
    RepairCommand.Create(),
    AdaptCommand.Create(),
    HalpBenchCommand.Create(),
    FqtBenchCommand.Create(),
    TernaryBenchCommand.Create(),
    LrBenchCommand.Create(),
    StressCommand.Create(),
    EvaluateCommand.Create(),
    DemoModelCommand.Create(),
    ReplayCommand.Create(),
    BenchCommand.Create(),
    DemoServeCommand.Create(),
};

// SIGTERM and Ctrl+C: every command ends by itself within its own bound (the sidecar's drain may take Listen:ShutdownTimeout, up to five
// minutes). The library's default of two seconds would cut it off.
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(6) });

// The library says 1 for an option that is unknown, missing or out of range; the commands say EX_USAGE for what they find themselves.
const int ExUsage = 64;
return parsed.Action is ParseErrorAction ? ExUsage : code;
