using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels stats</c>: the queue in numbers, and how far the labels can be trusted.</summary>
internal static class StatsCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "Only this model.", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "Only this version.", DefaultValueFactory = _ => "" };
        var command = new Command(
            "stats",
            """
            Print how many label requests there are in each state, and how good the labels are.

            The quality of labels is printed when --model and --model-version are given: labels given with the model's answer in view, the agreement of
            annotators, and the label error. The caller needs the role read.

              accuracy-monitor labels stats --model clothing --model-version 7
            """)
        {
            model, version,
        };
        new SidecarOptions("read").SetAction(command, async (call, cancel) =>
        {
            var request = new GetQueueRequest { Model = call.Value(model), Version = call.Value(version) };
            var queue = await new LabelService.LabelServiceClient(call.Channel).GetQueueAsync(request, cancellationToken: cancel);
            await call.Output.WriteLineAsync(StatsText.Of(queue.State));
            if (request.Model.Length > 0 && request.Version.Length > 0)
            {
                var quality = await new EstimateService.EstimateServiceClient(call.Channel).GetLabelQualityAsync(
                    new GetLabelQualityRequest { Model = request.Model, Version = request.Version }, cancellationToken: cancel);
                foreach (var line in StatsText.Of(quality))
                {
                    await call.Output.WriteLineAsync(line);
                }
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
