using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels retract</c>: takes labels back.</summary>
internal static class RetractCommand
{
    public static Command Create()
    {
        var predictions = new NamedPredictions("Ids of the predictions.");
        var annotator = new Option<string>("--annotator") { Description = "Name of who takes the labels back. It is recorded.", DefaultValueFactory = _ => "" };
        var command = new Command(
            "retract",
            """
            Take labels back, by prediction id.

            The label history keeps what was taken back. The caller needs the role label.

              accuracy-monitor labels retract --model clothing --model-version 7 --annotator ann p-17
            """)
        {
            annotator,
        };
        predictions.AddTo(command);
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var request = new RetractRequest { Annotator = call.Value(annotator), Predictions = { predictions.References(call) } };
            var response = await new LabelService.LabelServiceClient(call.Channel).RetractAsync(request, cancellationToken: cancel);
            return await NamedPredictions.ReportAsync(call, predictions.Named(call), response.Outcomes);
        });
        return command;
    }
}
