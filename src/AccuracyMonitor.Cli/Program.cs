using System.CommandLine;
using AccuracyMonitor.Cli.Bench;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Serving;
using AccuracyMonitor.Cli.Training;

var root = new RootCommand("Accuracy Monitor: how accurate is the deployed model right now?")
{
    DemoCommand.Create(),
    ServeCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    DemoModelCommand.Create(),
    BenchCommand.Create(),
    DemoServeCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
