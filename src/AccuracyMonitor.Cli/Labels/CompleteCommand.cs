using System.CommandLine;
using System.Globalization;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels complete</c>: gives labels on the command line.</summary>
internal static class CompleteCommand
{
    public static Command Create()
    {
        var predictions = new NamedPredictions("ID=LABEL, each a prediction and its true class: a number from 0, or a name that the sidecar knows.");
        var annotator = new Option<string>("--annotator") { Description = "Name of who gives the labels. It is recorded.", DefaultValueFactory = _ => "" };
        var command = new Command(
            "complete",
            """
            Give labels to predictions, by id.

            The same label again changes nothing, and another label replaces the first. For many labels, use 'labels import'. The caller needs the role
            label.

              accuracy-monitor labels complete --model clothing --model-version 7 --annotator ann p-17=3 p-18=0
            """)
        {
            annotator,
        };
        predictions.AddTo(command);
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var labels = predictions.Named(call).Select(Parse).ToArray();
            var request = new CompleteRequest { Answers = { labels.Select(l => Answer(predictions.Reference(call, l.Id), l.Choice, call.Value(annotator))) } };
            var response = await new LabelService.LabelServiceClient(call.Channel).CompleteAsync(request, cancellationToken: cancel);
            return await NamedPredictions.ReportAsync(call, [.. labels.Select(l => l.Id)], response.Outcomes);
        });
        return command;
    }

    private static Answer Answer(PredictionRef prediction, ClassChoice choice, string annotator)
    {
        var answer = new Answer
        {
            Model = prediction.Model,
            Version = prediction.Version,
            PredictionId = prediction.PredictionId,
            Annotator = annotator,
        };
        choice.WriteTo(answer);
        return answer;
    }

    /// <summary>Split at the last sign: an id may hold others.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    private static (string Id, ClassChoice Choice) Parse(string text)
    {
        var sign = text.LastIndexOf('=');
        return sign <= 0 || sign == text.Length - 1
            ? throw new ArgumentException($"'{text}' is not ID=LABEL with the number of a class from 0 or its name, such as p-17=3.")
            : int.TryParse(text.AsSpan(sign + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (text[..sign], new ClassChoice(number))
                : (text[..sign], ClassChoice.Named(text[(sign + 1)..]));
    }
}
