using System.CommandLine;
using AccuracyMonitor.Cli;
using AccuracyMonitor.Cli.Audit;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Forgetting;
using AccuracyMonitor.Cli.Labels;
using AccuracyMonitor.Cli.Offline;
using AccuracyMonitor.Cli.Replay;
using AccuracyMonitor.Cli.Serving;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Cli.Training.Stress;

var root = new RootCommand("Accuracy Monitor: how accurate is the deployed model right now?")
{
    DemoCommand.Create(),
    ServeCommand.Create(),
    HubCommand.Create(),
    MonitorCommand.Create(),
    StressCommand.Create(),
    EstimateCommand.Create(),
    SelectCommand.Create(),
    EvaluateCommand.Create(),
    ReplayCommand.Create(),
    AuditCommand.Create(),
    ForgetCommand.Create(),
    LabelsCommand.Create(),
    DemoServeCommand.Create(),
};
return await CommandLine.RunAsync(root, args);
