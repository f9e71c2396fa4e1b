using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels skip</c>: says that no label can be given.</summary>
internal static class SkipCommand
{
    public static Command Create()
    {
        var predictions = new NamedPredictions("Ids of the predictions.");
        var reason = new Option<string>("--reason")
        {
            Description = "Why no label can be given, at most 500 characters. It is recorded.",
            DefaultValueFactory = _ => "",
        };
        var command = new Command(
            "skip",
            """
            Skip label requests for which no label can be given.

            No lease on the request is needed. A label that comes later is still accepted. The caller needs the role label.

              accuracy-monitor labels skip --model clothing --model-version 7 --reason blurred p-17 p-18
            """)
        {
            reason,
        };
        predictions.AddTo(command);
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var request = new SkipRequest { Reason = call.Value(reason), Predictions = { predictions.References(call) } };
            var response = await new LabelService.LabelServiceClient(call.Channel).SkipAsync(request, cancellationToken: cancel);
            return await NamedPredictions.ReportAsync(call, predictions.Named(call), response.Outcomes);
        });
        return command;
    }
}
