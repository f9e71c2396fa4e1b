using System.CommandLine;
using AccuracyMonitor.Cli.Bench;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Replay;
using AccuracyMonitor.Cli.Serving;
using AccuracyMonitor.Cli.Training;

var root = new RootCommand("Accuracy Monitor: how accurate is the deployed model right now?")
{
    DemoCommand.Create(),
    ServeCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    DemoModelCommand.Create(),
    ReplayCommand.Create(),
    BenchCommand.Create(),
    DemoServeCommand.Create(),
};

// SIGTERM and Ctrl+C: every command ends by itself within its own bound (the sidecar's drain may take Listen:ShutdownTimeout, up to five
// minutes). The library's default of two seconds would cut it off.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(6) });
