using System.CommandLine;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Serving;

var root = new RootCommand("Accuracy Monitor: how accurate is the deployed model right now?")
{
    ServeCommand.Create(),
    EvaluateCommand.Create(),
    DemoCommand.Create(),
    DemoModelCommand.Create(),
    DemoServeCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
