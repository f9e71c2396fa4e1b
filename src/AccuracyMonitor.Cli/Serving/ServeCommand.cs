using System.CommandLine;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;

namespace AccuracyMonitor.Cli.Serving;

/// <summary><c>accuracy-monitor serve</c>: the sidecar, in this process.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var settings = new Argument<string[]>("settings")
        {
            Description = "Settings as --Section:Key=value; --config FILE reads them from a JSON file.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command(
            "serve",
            """
            Run the sidecar, which watches a deployed model.

            Without settings it listens for gRPC on data/accuracy-monitor.sock and 127.0.0.1:7700, serves /metrics and its pages on 127.0.0.1:7701, and
            keeps its data in SQLite under ./data. It runs until Ctrl+C or SIGTERM.

            Settings come from --config FILE (JSON), then environment variables (ACCURACY_MONITOR_Section__Key), then the command line.

              accuracy-monitor serve --Monitor:Artifact=monitor.onnx --Alarms:Objective=0.9
              accuracy-monitor serve --Sampling:Budget=0.02 --Estimation:Windows:0=5m --Estimation:Windows:1=1h
              ACCURACY_MONITOR_Storage__Path=/var/lib/am.db accuracy-monitor serve --Listen:GrpcPort=-1

            docs/reference/settings.md lists every setting with its default. An unknown setting is refused with the names that exist.
            """) { settings };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, _) => SidecarHost.RunAsync([.. parsed.GetValue(settings) ?? [], .. parsed.UnmatchedTokens], CancellationToken.None));
        return command;
    }
}
