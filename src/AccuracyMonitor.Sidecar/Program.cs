using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Composition;

const string Help = """
    Accuracy Monitor sidecar: how accurate is the deployed model right now?

    Settings come from --config FILE (JSON), then environment variables (ACCURACY_MONITOR_Section__Key), then the command line. With no settings it
    listens for gRPC on data/accuracy-monitor.sock and 127.0.0.1:7700, serves /metrics on 127.0.0.1:7701, and keeps its data in SQLite under ./data.

      AccuracyMonitor.Sidecar --Monitor:Artifact=monitor.onnx --Alarms:Objective=0.9
      AccuracyMonitor.Sidecar --config settings.json --Sampling:Budget=0.02

      --help, -h    this text
      --version     version of the program

    Names that are no setting are answered with those that are. Exit status: 0 stopped, 1 cannot start, 64 settings that cannot be used, each on a line.
    """;
return await ProgramInfo.AnswerAsync(args, Help, typeof(SidecarHost).Assembly) ?? await SidecarHost.RunAsync(args);
