using System.CommandLine;
using AccuracyMonitor.Cli.Administration;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Labels;
using AccuracyMonitor.Cli.Offline;
using AccuracyMonitor.Cli.Replay;
using AccuracyMonitor.Cli.Serving;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Cli.Training.Stress;

namespace AccuracyMonitor.Cli;

/// <summary>The verbs of <c>accuracy-monitor</c>, in the order of its help.</summary>
internal static class Verbs
{
    public static RootCommand Create() => new("Accuracy Monitor: how accurate is the deployed model right now?")
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
}
