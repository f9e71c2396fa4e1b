using System.CommandLine;
using AccuracyMonitor.Runs.Labels;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels</c>: the labelling queue of a running sidecar.</summary>
internal static class LabelsCommand
{
    public static Command Create() => new("labels", "Work with the label requests of a running sidecar: list, export, answer and take back.")
    {
        ListCommand.Create(),
        OpinionsCommand.Create(),
        StatsCommand.Create(),
        WatchCommand.Create(),
        ExportCommand.Create(),
        ImportCommand.Create(),
        CompleteCommand.Create(),
        SkipCommand.Create(),
        RetractCommand.Create(),
        GoldCommand.Create(),
        BridgeCommand.Create(),
    };
}
