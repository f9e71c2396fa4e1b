using System.CommandLine;

namespace AccuracyMonitor.Cli.Training;

/// <summary><c>accuracy-monitor monitor</c>: makes and changes monitor files.</summary>
internal static class MonitorCommand
{
    public static Command Create() => new("monitor", "Make monitor networks: train, compress, and adapt to labels.")
    {
        TrainCommand.Create(),
        CompressCommand.Create(),
        RecalibrateCommand.Create(),
        FineTuneCommand.Create(),
    };
}
